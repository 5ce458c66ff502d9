"""A container killed for using more memory than its limit."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.memory import oom_evidence
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import counted_on, unwell_pods
from cluster_doctor.snapshot.quantity import format_quantity
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=unwell_pods)
def memory_limit_is_exceeded(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The kernel kills the container because it uses more memory than its limit allows.

    Why it matters:
        The process gets no chance to finish its work; it starts again and is killed again at the same point.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app, resources: {limits: {memory: 64Mi}}}]}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: false
            restartCount: 5
            state: {waiting: {reason: CrashLoopBackOff}}
            lastState: {terminated: {exitCode: 137, reason: OOMKilled, finishedAt: "2026-01-01T11:59:00Z"}}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: true
            restartCount: 0
            state:
              running: {startedAt: '2026-01-01T09:00:00Z'}

    Remedy:
        Raise `resources.limits.memory` (and the request with it) above what the process needs, or make it need less.

    References:
        https://kubernetes.io/docs/tasks/configure-pod-container/assign-memory-resource/
    """
    if not counted_on(pod, cluster):
        return
    for container in pod.containers:
        killed = oom_evidence(pod, container, cluster)
        if not killed:
            continue
        limit = container.limit("memory")
        shown = format_quantity(limit, binary=True) if limit else "none"
        yield Match(
            message=f"container {container.name} of Pod {pod.name} is killed for memory; its limit is {shown}",
            evidence=(*killed, pod.cite(f"{container.path}.resources")),
            effects=(Effect(EffectKind.CONTAINER_CRASHING, pod.ref), Effect(EffectKind.POD_NOT_STARTED, pod.ref)),
            because=(
                Effect(EffectKind.LIMITS_OVERWRITTEN, pod.ref),
                Effect(EffectKind.LIMITS_OVERWRITTEN, cluster.workload_ref(pod.ref)),
                Effect(EffectKind.MEMORY_LEAKING, cluster.workload_ref(pod.ref)),
                Effect(EffectKind.FLOODED, cluster.workload_ref(pod.ref)),
            ),
            about=container.name,
            since=pod.created_at,
            facts=(("container", container.name), ("limit", shown)),
        )
