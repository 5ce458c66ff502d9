"""A kubelet that evicts Pods long before the node is short of anything."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import dig
from cluster_doctor.snapshot.quantity import parse_quantity
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node, Pod

_WORDS = re.compile(r"low on resource: ([\w.-]+)\. Threshold quantity: ([\w.]+), available: ([\w.]+)")
_UNUSUAL = Decimal("0.3")
"""Share of the node that no sound configuration keeps free; the defaults are 10% of disk and 100Mi of memory."""


@rule(Severity.ERROR, subject=Node, needs=(Pod,))
def eviction_threshold_is_too_high(node: Node, cluster: ClusterSnapshot) -> Matches:
    """The node's kubelet evicts Pods while much of the resource is free, because its threshold asks for more.

    Why it matters:
        Pods are evicted, come back and are evicted again, and nobody finds what uses up the disk: nothing does.

    Fires on:
        kind: Node
        metadata: {name: n1}
        status: {capacity: {ephemeral-storage: 100Gi}}
        ---
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Failed
          reason: Evicted
          message: 'The node was low on resource: ephemeral-storage. Threshold quantity: 90Gi, available: 61Gi. '

    Stays quiet on:
        kind: Node
        metadata: {name: n1}
        status: {capacity: {ephemeral-storage: 100Gi}}
        ---
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Failed
          reason: Evicted
          message: 'The node was low on resource: ephemeral-storage. Threshold quantity: 10Gi, available: 4Gi. '

    Remedy:
        Put `evictionHard` of the kubelet's configuration back to what the node needs, and restart the kubelet.

    References:
        https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#hard-eviction-thresholds
    """
    for said, evidence in _evictions(node, cluster):
        found = _WORDS.search(said)
        if found is None:
            continue
        threshold, capacity = parse_quantity(found[2]), parse_quantity(dig(node.raw, "status", "capacity", found[1]))
        if threshold is None or not capacity or threshold / capacity < _UNUSUAL:
            continue
        yield Match(
            message=f"the kubelet of node {node.name} evicts Pods although {found[3]} of {found[1]} are free: "
            f"its threshold asks for {found[2]}",
            evidence=(evidence, node.cite("status.capacity")),
            blame=node.ref,
            effects=(Effect(EffectKind.NODE_UNDER_PRESSURE, node.ref),),
            facts=(("resource", found[1]), ("threshold", found[2]), ("available", found[3])),
        )
        return


def _evictions(node: Node, cluster: ClusterSnapshot) -> list[tuple[str, Evidence]]:
    said = _all_evictions(cluster)
    return [entry for pod in cluster.pods_on(node.name) for entry in said.get(pod.ref, ())] if said else []


def _all_evictions(cluster: ClusterSnapshot) -> dict[ObjectRef, list[tuple[str, Evidence]]]:
    """What was said of each Pod that was evicted."""

    def read() -> dict[ObjectRef, list[tuple[str, Evidence]]]:
        told: dict[ObjectRef, list[tuple[str, Evidence]]] = defaultdict(list)
        for pod in cluster.all(Pod):
            if pod.reason == "Evicted":
                told[pod.ref].append((pod.text("status", "message"), pod.cite("status.message")))
        for event in cluster.events_with("Evicted"):
            told[event.regarding].append((event.message, event.cite_message()))
        return told

    return cluster.remember("evictions", read)
