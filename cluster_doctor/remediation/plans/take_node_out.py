"""Take a node that is at fault out of service: no new Pods, and those that it has elsewhere."""

from __future__ import annotations

import shlex
from dataclasses import replace

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType, Verb
from cluster_doctor.remediation.by_the_rule import by_the_rule
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import DaemonSet, Node, Pod

MOST = 20
"""Pods that are evicted at the most; more is a drain, which a person watches."""

_MIRROR = "kubernetes.io/config.mirror"
_CRITICAL = 2_000_000_000
"""Priority from which on Kubernetes' own classes count Pods as critical: `system-cluster-critical`."""


@repairs(
    "connection_table_is_full",
    "container_runtime_is_down",
    "kubelet_is_down",
    "node_clock_is_off",
    "node_is_not_ready",
    "node_network_is_slow",
    "node_network_is_unavailable",
    "node_network_loses_packets",
    "node_problem_is_detected",
    "sandbox_cannot_be_created",
    "service_proxy_is_down",
    beside=(StepType.CORDON, StepType.EVICT_POD),
)
def take_node_out(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Leave the repair of the node to a person, and offer to take it out of service beside that.

    Only where another node takes Pods, and no other node has the same fault: then it is not the node's.
    """
    repair = by_the_rule(cause)
    node = cluster.get(Node, None, cause.subject.name) if cause.subject.kind == Node.kind else None
    others = [view for view in cluster.all(Node) if node and view.name != node.name]
    ready = [view for view in others if view.ready == "True" and not view.cordoned and not view.control_plane]
    if repair is None or node is None or not ready or _is_everywhere(cluster, cause):
        return repair
    ways = [*([] if node.cordoned else [_cordoned(node)]), *map(_evicted, _movable(cluster, node))]
    return repair.or_else(replace(ways[0], then=tuple(ways[1:]))) if ways else repair


def _is_everywhere(cluster: ClusterSnapshot, cause: RootCause) -> bool:
    """Whether Pods of other nodes lack a sandbox too; other causes are told of each node by itself."""
    if cause.rule != "sandbox_cannot_be_created":
        return False
    failing = {event.regarding for event in cluster.events_with("FailedCreatePodSandBox", "NetworkNotReady")}
    pods = [pod for pod in cluster.all(Pod) if pod.ref in failing and pod.phase == "Pending"]
    return any(pod.node_name not in {"", cause.subject.name} for pod in pods)


def _movable(cluster: ClusterSnapshot, node: Node) -> list[Pod]:
    """Pods that somebody makes anew elsewhere, the least important first.

    Those of a DaemonSet would come back to the node, a mirror Pod is the kubelet's own, and one that nobody manages
    would be gone for good.
    """
    pods = [
        pod
        for pod in cluster.pods_on(node.name)
        if pod.controller
        and pod.controller.kind not in {DaemonSet.kind, Node.kind}
        and _MIRROR not in pod.annotations
        and not pod.finished
        and not pod.terminating
    ]
    return sorted(pods, key=lambda pod: (_priority(pod), pod.ref))[:MOST]


def _priority(pod: Pod) -> int:
    critical = pod.text("spec", "priorityClassName").startswith("system-")
    return max(pod.integer("spec", "priority"), _CRITICAL if critical else -_CRITICAL)


def _cordoned(node: Node) -> Change:
    name = shlex.quote(node.name)
    return Change(
        title=f"Cordon {node.name}",
        target=node.ref,
        instruction="Let the node take no more Pods until it is repaired.",
        precondition="the other nodes have room for what comes",
        type=StepType.CORDON,
        edits=(edit_of(node.raw, ("spec", "unschedulable"), True),),  # noqa: FBT003 - the field's value
        command=f"kubectl cordon {name}",
        undo=f"kubectl uncordon {name}",
        check=f"kubectl get node {name} shows SchedulingDisabled",
        risk=Risk.LOW,
    )


def _evicted(pod: Pod) -> Change:
    return Change(
        title=f"Evict {pod.ref} from {pod.node_name}",
        target=pod.ref,
        instruction=f"Evict the Pod; {pod.controller} makes another one on a node that takes Pods. A disruption "
        "budget may forbid it.",
        precondition="the node is cordoned, another one has room, and what the Pod keeps on the node may be lost",
        type=StepType.EVICT_POD,
        verb=Verb.EVICT,
        undo="Nothing brings this Pod back; its controller makes another one.",
        check=f"the Pods of {pod.controller} are ready on other nodes",
        risk=Risk.MEDIUM,
    )
