"""A Pod that had to make room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, Pod

RECENT = timedelta(minutes=30)
"""How long a preemption explains that its victim's replacement waits."""


def preemptions(cluster: ClusterSnapshot) -> Sequence[Event]:
    """Events that tell of Pods which had to go."""
    return cluster.events_with("Preempted")


@rule(Severity.ERROR, subject=Event, needs=(Pod,), directness=Directness.STATED, among=preemptions)
def pod_was_preempted(event: Event, cluster: ClusterSnapshot) -> Matches:
    """A Pod was removed from its node to make room for one of higher priority.

    Why it matters:
        Preemption is by design; a workload that it hits again and again has too low a priority.

    Fires on:
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: Pod, name: web-0}
        reason: Preempted
        type: Normal
        lastTimestamp: '2026-01-01T11:58:00Z'
        message: Preempted by shop/batch-0 on node n1
        ---
        kind: Pod
        metadata:
          name: web-1
          labels: {app: web}
          creationTimestamp: '2026-01-01T11:58:01Z'
          ownerReferences:
          - {apiVersion: apps/v1, kind: Deployment, name: web, controller: true}
        status: {phase: Pending}
        ---
        kind: Deployment
        metadata: {name: web}
        spec: {replicas: 1}
        status: {readyReplicas: 0}

    Stays quiet on:
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: Pod, name: web-0}
        reason: Scheduled
        type: Normal
        message: Successfully assigned

    Remedy:
        Give the workload the priority that it deserves, or add capacity.

    References:
        https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
    """
    if event.last_seen and cluster.taken_at - event.last_seen > RECENT:
        return
    lost = event.regarding
    waiting = [pod for pod in cluster.within(Pod, lost.namespace) if pod.phase == "Pending" and not pod.node_name]
    kin = [pod for pod in waiting if lost.name.startswith(pod.name.rpartition("-")[0])]
    if not kin:
        return
    yield Match(
        message=f"Pod {lost.name} was preempted: {event.message}",
        evidence=(event.cite_message(),),
        blame=cluster.workload_ref(kin[0].ref),
        effects=tuple(
            Effect(kind, pod.ref) for pod in kin for kind in (EffectKind.POD_NOT_SCHEDULED, EffectKind.PREEMPTED)
        ),
        since=event.last_seen,
    )
