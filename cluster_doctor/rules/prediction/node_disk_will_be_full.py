"""A node whose disk fills up."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.prediction.trend import rising_to
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.records import Metric
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node

EVICTS_AT = 0.9
"""Used share at which the kubelet evicts Pods unless told otherwise: `nodefs.available` below 10 percent."""


@rule(
    Severity.ERROR,
    subject=Node,
    needs=(Records.METRICS,),
    stage=Stage.PREDICTION,
    directness=Directness.MEASURED,
)
def node_disk_will_be_full(node: Node, cluster: ClusterSnapshot) -> Matches:
    """The node's disk fills steadily, and at this pace the kubelet evicts Pods within a week.

    Why it matters:
        Logs, images, writable layers and emptyDir volumes share that disk: Pods that use none of it are evicted too,
        and the node takes no new ones.

    Fires on:
        {kind: Node, metadata: {name: n1}}
        ---
        kind: Metric
        subject: Node/n1
        metric: node_disk_used_ratio
        times: [1767261600, 1767263040, 1767264480, 1767265920, 1767267360, 1767268800]
        values: [0.70, 0.71, 0.72, 0.73, 0.74, 0.75]

    Stays quiet on:
        {kind: Node, metadata: {name: n1}}
        ---
        kind: Metric
        subject: Node/n1
        metric: node_disk_used_ratio
        times: [1767261600, 1767263040, 1767264480, 1767265920, 1767267360, 1767268800]
        values: [0.75, 0.74, 0.75, 0.75, 0.74, 0.75]

    Remedy:
        Find what writes there, set limits for ephemeral storage, and remove old logs and images.

    References:
        https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/
        https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#local-ephemeral-storage
    """
    series = cluster.series(node.ref, Metric.NODE_DISK_USED)
    trend = rising_to(EVICTS_AT, series, cluster.taken_at)
    if series is None or trend is None:
        return
    yield Match(
        message=f"the disk of node {node.name} will be {EVICTS_AT:.0%} full on {trend.due:%Y-%m-%d %H:%M} UTC, "
        "from where on the kubelet evicts Pods by default",
        evidence=(series.cite("latest", series.values[-1]),),
        blame=node.ref,
        due=trend.due,
        arithmetic=trend.arithmetic,
    )
