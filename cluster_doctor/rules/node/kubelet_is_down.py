"""A node whose kubelet has stopped."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.node.services import service_down, service_up
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Node


@rule(Severity.CRITICAL, subject=Node, directness=Directness.STATED)
def kubelet_is_down(node: Node, cluster: ClusterSnapshot) -> Matches:
    """The kubelet of the node has stopped reporting.

    Why it matters:
        Nothing on the node is started, probed or ended any more; containers may still run.

    Fires on:
        kind: Node
        metadata: {name: n1}
        status:
          conditions:
          - {type: Ready, status: Unknown, reason: NodeStatusUnknown, message: Kubelet stopped posting node
              status.}

    Stays quiet on:
        kind: Node
        metadata: {name: n1}
        status:
          conditions:
          - {type: Ready, status: 'True', reason: KubeletReady, message: ok}

    Remedy:
        Start the kubelet on the node and read why it ended: `journalctl -u kubelet`.

    References:
        https://kubernetes.io/docs/tasks/debug/debug-cluster/
    """
    stopped = service_down(cluster, node.name, "kubelet")
    condition = node.condition("Ready")
    silent = condition.get("status") == "Unknown" or condition.get("reason") == "NodeStatusUnknown"
    if stopped is None and (not silent or service_up(cluster, node.name, "kubelet")):
        return
    evidence = ((stopped.cite(),) if stopped else ()) + (
        (node.cite(f"{node.condition_path('Ready')}.message"),) if silent else ()
    )
    yield Match(
        message=f"the kubelet of node {node.name} is down"
        + (f": {stopped.active} {stopped.detail}".rstrip() if stopped else ": it stopped posting node status"),
        evidence=evidence,
        effects=(Effect(EffectKind.NODE_NOT_READY, node.ref),),
        since=(stopped.since if stopped else None) or parse_time(condition.get("lastTransitionTime")),
    )
