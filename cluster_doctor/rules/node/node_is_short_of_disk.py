"""A node that is short of disk space."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Node, condition_message


@rule(Severity.ERROR, subject=Node, directness=Directness.STATED)
def node_is_short_of_disk(node: Node, cluster: ClusterSnapshot) -> Matches:
    """The node reports DiskPressure.

    Why it matters:
        The kubelet evicts Pods to save the node, lowest priority and heaviest use first.

    Fires on:
        kind: Node
        metadata: {name: n1}
        status:
          conditions:
          - {type: DiskPressure, status: 'True', reason: KubeletHas, message: low}

    Stays quiet on:
        {kind: Node, metadata: {name: n1}, status: {conditions: [{type: DiskPressure, status: 'False'}]}}

    Remedy:
        Free disk space on the node, set requests that tell the truth, or add a node.

    References:
        https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/
    """
    condition = node.condition("DiskPressure")
    if condition.get("status") != "True":
        return
    path = node.condition_path("DiskPressure")
    yield Match(
        message=f"node {node.name} is short of disk space: {condition_message(condition)}",
        evidence=(node.cite(f"{path}.status"),),
        effects=(Effect(EffectKind.NODE_UNDER_PRESSURE, node.ref),),
        because=(Effect(EffectKind.NODE_UNDER_PRESSURE, node.ref),),
        since=parse_time(condition.get("lastTransitionTime")),
    )
