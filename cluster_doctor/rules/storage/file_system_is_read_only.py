"""A write to a read-only file system."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.last_words import failing_for, failing_pods
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


@rule(Severity.ERROR, subject=Pod, needs=(Records.LOGS,), directness=Directness.REPORTED, among=failing_pods)
def file_system_is_read_only(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The process writes to a file system that is mounted read-only.

    Why it matters:
        readOnlyRootFilesystem and ConfigMap volumes cannot be written; the process must be given another place.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: false
            restartCount: 5
            state: {waiting: {reason: CrashLoopBackOff}}
            lastState: {terminated: {exitCode: 1, reason: Error, finishedAt: "2026-01-01T11:59:00Z"}}
        ---
        {kind: Log, subject: Pod/web-0, container: app, lines: ['mkdir /app/cache: read-only file system']}

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
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines: [listening on 8080]

    Remedy:
        Mount an emptyDir where the process writes, or point it elsewhere.

    References:
        https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
    """
    for container, told, evidence in failing_for(Trouble.READ_ONLY_FILES, pod, cluster):
        yield Match(
            message=f"container {container.name} of Pod {pod.name} writes to a read-only file system: {evidence.value}",
            evidence=(evidence, *pod.cite_container(container, "restartCount")),
            effects=(Effect(EffectKind.CONTAINER_CRASHING, pod.ref), Effect(EffectKind.POD_NOT_READY, pod.ref)),
            about=container.name,
            since=pod.created_at,
            facts=(("path", told.name),),
        )
