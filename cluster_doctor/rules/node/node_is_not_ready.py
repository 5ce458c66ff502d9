"""A node that is not ready."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.node.settling import may_settle
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Node, condition_message


@rule(Severity.CRITICAL, subject=Node, directness=Directness.COMPARED)
def node_is_not_ready(node: Node, cluster: ClusterSnapshot) -> Matches:
    """The node is not ready, so that its Pods are not trusted to run.

    Why it matters:
        After five minutes its Pods are replaced elsewhere, if there is room; volumes may not follow.

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
          - {type: Ready, status: 'True', reason: KubeletReady, message: kubelet is posting ready status}

    Remedy:
        Look at the kubelet and the container runtime on the node: `systemctl status kubelet containerd`.

    References:
        https://kubernetes.io/docs/concepts/architecture/nodes/#condition
    """
    if node.ready in {"True", ""} or may_settle(node, "Ready", cluster.taken_at):
        return
    condition = node.condition("Ready")
    path = node.condition_path("Ready")
    yield Match(
        message=f"node {node.name} is not ready: {condition_message(condition)}",
        evidence=(node.cite(f"{path}.status"), node.cite(f"{path}.message")),
        effects=(Effect(EffectKind.NODE_NOT_READY, node.ref),),
        because=(Effect(EffectKind.NODE_NOT_READY, node.ref),),
        since=parse_time(condition.get("lastTransitionTime")),
        facts=(("message", condition_message(condition)),),
    )
