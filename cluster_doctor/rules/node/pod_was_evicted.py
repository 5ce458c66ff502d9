"""A Pod that the kubelet evicted."""

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
"""An eviction further back is history; the record of it stays until it is removed."""


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=ended_pods)
def pod_was_evicted(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The kubelet evicted the Pod to save its node, or because the Pod used more than it may.

    Why it matters:
        An evicted Pod stays as a record; its replacement may be evicted just the same.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1}
        status: {phase: Failed, reason: Evicted, message: Pod ephemeral local storage usage exceeds the total
            limit of containers 1Gi., startTime: '2026-01-01T11:50:00Z'}

    Stays quiet on:
        {kind: Pod, metadata: {name: web-0}, spec: {nodeName: n1}, status: {phase: Succeeded}}

    Remedy:
        Set limits and requests that tell the truth; clean up what fills the node.

    References:
        https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/
    """
    if pod.phase not in {"Failed", ""} or pod.reason != "Evicted":
        return
    seen = [e.last_seen for e in cluster.events_about(pod.ref, "Evicted") if e.last_seen]
    at = max(seen, default=None) or parse_time(pod.mapping("status").get("startTime"))
    if at is not None and cluster.taken_at - at > RECENT:
        return
    message = pod.text("status", "message")
    yield Match(
        message=f"Pod {pod.name} was evicted"
        + (f" from node {pod.node_name}" if pod.node_name else "")
        + (f": {message}" if message else ""),
        evidence=(pod.cite("status.message" if message else "status.reason"),),
        effects=(Effect(EffectKind.POD_EVICTED, pod.ref), *_workload(pod, cluster)),
        because=(Effect(EffectKind.POD_EVICTED, pod.ref),),
        since=at,
    )


def _workload(pod: Pod, cluster: ClusterSnapshot) -> tuple[Effect, ...]:
    top = cluster.workload_ref(pod.ref)
    return () if top == pod.ref else (Effect(EffectKind.WORKLOAD_UNAVAILABLE, top),)
