"""A node whose memory runs out."""

from __future__ import annotations

from decimal import Decimal

from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.prediction.trend import rising_to
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.paths import dig
from cluster_doctor.snapshot.quantity import parse_quantity
from cluster_doctor.snapshot.records import Metric
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node

KEPT_FREE = Decimal(100 * 1024**2)
"""Bytes below which the kubelet evicts Pods unless told otherwise: `memory.available` below 100Mi."""


@rule(
    Severity.ERROR,
    subject=Node,
    needs=(Records.METRICS,),
    stage=Stage.PREDICTION,
    directness=Directness.MEASURED,
)
def node_memory_will_run_out(node: Node, cluster: ClusterSnapshot) -> Matches:
    """The node's memory in use rises steadily, and at this pace the kubelet evicts Pods within a week.

    Why it matters:
        The kubelet evicts first who uses more than it asked for; where it is too late, the kernel kills a process
        of its own choice.

    Fires on:
        {kind: Node, metadata: {name: n1}, status: {capacity: {memory: 8Gi}}}
        ---
        kind: Metric
        subject: Node/n1
        metric: node_memory_used_ratio
        times: [1767261600, 1767263040, 1767264480, 1767265920, 1767267360, 1767268800]
        values: [0.80, 0.81, 0.82, 0.83, 0.84, 0.85]

    Stays quiet on:
        {kind: Node, metadata: {name: n1}, status: {capacity: {memory: 8Gi}}}
        ---
        kind: Metric
        subject: Node/n1
        metric: node_memory_used_ratio
        times: [1767261600, 1767263040, 1767264480, 1767265920, 1767267360, 1767268800]
        values: [0.60, 0.70, 0.80, 0.85, 0.85, 0.85]

    Remedy:
        Find the Pods whose memory grows, give them limits, or move some of them to other nodes.

    References:
        https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/
    """
    series = cluster.series(node.ref, Metric.NODE_MEMORY_USED)
    whole = parse_quantity(dig(node.raw, "status", "capacity", "memory"))
    limit = float(1 - KEPT_FREE / whole) if whole and whole > KEPT_FREE else 1.0
    trend = rising_to(limit, series, cluster.taken_at)
    if series is None or trend is None:
        return
    yield Match(
        message=f"node {node.name} will have no memory to spare on {trend.due:%Y-%m-%d %H:%M} UTC, from where on the "
        "kubelet evicts Pods by default",
        evidence=(series.cite("latest", series.values[-1]),),
        blame=node.ref,
        due=trend.due,
        arithmetic=trend.arithmetic,
    )
