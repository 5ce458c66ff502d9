"""A Pod that its node does not take in."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import ended_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Pod

RECENT = timedelta(hours=1)
"""A rejection further back is history; the record of it stays until it is removed."""

_REASONS = frozenset(
    {
        "UnexpectedAdmissionError",
        "TopologyAffinityError",
        "NodeAffinity",
        "NodeName",
        "NodePorts",
        "TaintToleration",
        "AppArmor",
        "SysctlForbidden",
        "InvalidNodeInfo",
        "InitContainerRestartPolicyForbidden",
        "SupplementalGroupsPolicyNotSupported",
        "PodOSNotSupported",
        "UnexpectedPredicateFailureType",
        "PodOSSelectorNodeLabelDoesNotMatch",
    }
)
"""What the kubelet's admission handlers answer (pkg/kubelet/lifecycle, pkg/kubelet/sysctl)."""
_SHORT = "OutOf"
"""How the reasons begin by which a kubelet says what it has too little of: OutOfcpu, OutOfmemory, OutOfpods."""


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=ended_pods)
def pod_is_rejected_by_node(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The kubelet rejects the Pod that the scheduler sent to it.

    Why it matters:
        The Pod has failed for good and is not tried again; its controller makes another, which may fare the same.
        It happens where a Pod names its node by itself, where a device is broken, or where the node lost capacity.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1}
        status: {phase: Failed, reason: OutOfcpu, message: Node didn't have enough resource cpu,
            startTime: '2026-01-01T11:50:00Z'}

    Stays quiet on:
        {kind: Pod, metadata: {name: web-0}, spec: {nodeName: n1}, status: {phase: Failed, reason: Evicted}}

    Remedy:
        Leave the choice of the node to the scheduler (no `nodeName`), repair the device plugin, or free the node.

    References:
        https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename
        https://kubernetes.io/docs/tasks/administer-cluster/topology-manager/
    """
    if pod.phase != "Failed" or not (pod.reason in _REASONS or pod.reason.startswith(_SHORT)):
        return
    at = parse_time(pod.mapping("status").get("startTime"))
    if at is not None and cluster.taken_at - at > RECENT:
        return
    top = cluster.workload_ref(pod.ref)
    if top != pod.ref and any(other.ready for other in cluster.pods_of(top)):
        return  # another one was made and is well
    message = pod.text("status", "message")
    lacking = () if top == pod.ref else (Effect(EffectKind.WORKLOAD_UNAVAILABLE, top),)
    yield Match(
        message=f"node {pod.node_name} rejects Pod {pod.name}: {pod.reason}" + (f", {message}" if message else ""),
        evidence=(pod.cite("status.reason"), pod.cite("status.message")),
        effects=(Effect(EffectKind.POD_NOT_STARTED, pod.ref), *lacking),
        since=at,
        facts=(("reason", pod.reason),),
    )
