"""A container that ends and is started again, over and over."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity, Stage
from cluster_doctor.rules.container.ending import crashing_now, how_it_ended
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


@rule(Severity.WARNING, subject=Pod, stage=Stage.SYMPTOM, among=unwell_pods)
def container_keeps_crashing(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """A container keeps ending, and the kubelet keeps starting it.

    Why it matters:
        Between two starts nobody is served, and the pauses grow to five minutes.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: false
            restartCount: 7
            state: {waiting: {reason: CrashLoopBackOff}}
            lastState: {terminated: {exitCode: 1, reason: Error, finishedAt: "2026-01-01T11:59:00Z"}}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: true
            restartCount: 1
            state: {running: {startedAt: "2026-01-01T10:59:00Z"}}
            lastState: {terminated: {exitCode: 1, reason: Error, finishedAt: "2026-01-01T10:58:00Z"}}

    Remedy:
        Read how the last instance ended and what it logged: `kubectl logs --previous`.

    References:
        https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
    """
    if not pod.expected_to_run:
        return
    for container in pod.containers:
        if not crashing_now(pod, container, cluster.taken_at):
            continue
        yield Match(
            message=f"container {container.name} of Pod {pod.name} keeps ending: {how_it_ended(container)}",
            evidence=pod.cite_container(container, "restartCount")
            + ((pod.cite(container.ended[1]),) if container.ended[0] else ()),
            effects=(Effect(EffectKind.CONTAINER_CRASHING, pod.ref),),
            about=container.name,
            since=pod.created_at,
        )
