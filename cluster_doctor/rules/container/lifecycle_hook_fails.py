"""A container whose hook fails after its start."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, Pod


@rule(Severity.ERROR, subject=Pod, needs=(Event,), directness=Directness.STATED, among=unwell_pods)
def lifecycle_hook_fails(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The command or call in the container's `postStart` hook fails, so the kubelet kills the container.

    Why it matters:
        The container restarts over and over although its own process is well, and its log says nothing of it.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          containerStatuses:
          - {name: app, ready: false, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff}}}
        ---
        kind: Event
        metadata: {name: e}
        involvedObject: {kind: Pod, name: web-0}
        reason: FailedPostStartHook
        type: Warning
        message: PostStartHook failed

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          containerStatuses: [{name: app, ready: true, restartCount: 1, state: {running: {}}}]
        ---
        kind: Event
        metadata: {name: e}
        involvedObject: {kind: Pod, name: web-0}
        reason: FailedPostStartHook
        type: Warning
        message: PostStartHook failed

    Remedy:
        Run the hook's command by hand in the image; let it end with 0, and wait within it for what it needs.

    References:
        https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/#hook-handler-execution
    """
    waiting = [container for container in pod.blocked_containers() if container.waiting or container.terminated]
    said = cluster.events_about(pod.ref, "FailedPostStartHook")[:1]
    if not waiting or not said:
        return
    crash = Effect(EffectKind.CONTAINER_CRASHING, pod.ref)
    yield Match(
        message=f"the postStart hook of Pod {pod.name} fails: {said[0].message}",
        evidence=(said[0].cite_message(),),
        effects=(crash, Effect(EffectKind.POD_NOT_READY, pod.ref)),
        since=pod.created_at,
    )
