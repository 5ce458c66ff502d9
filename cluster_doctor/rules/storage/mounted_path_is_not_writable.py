"""A mounted path that the process may not write."""

from __future__ import annotations

import re

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.last_words import failing_pods, failing_with
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

_WORDS = re.compile(
    r"permission denied|EACCES|AccessDeniedException|Operation not permitted|can't open, permission|PermissionError",
    re.IGNORECASE,
)

_PATH = re.compile(
    r"(?:^|[\s'\":(=])((?:/[\w.@-]+)+/?)(?=$|[\s'\":,;)])"
    r"|(?:open|opening|create|creating|write|writing|read|mkdir|access|chown|file|dir|directory|folder) (?:the )?"
    r"(?:\w+ )?(?:file |directory )?['\"]?([\w-]*[./][\w./-]+)"
    r"|(?:dir|directory|folder) ['\"]?([\w-]+)['\"]?(?=:)",
    re.IGNORECASE,
)


@rule(Severity.ERROR, subject=Pod, needs=(Records.LOGS,), directness=Directness.REPORTED, among=failing_pods)
def mounted_path_is_not_writable(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The process is denied access to a file or directory on a volume or in the container.

    Why it matters:
        The volume belongs to another user or group than the one that the process runs as.

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
        {kind: Log, subject: Pod/web-0, container: app, lines: ['open /var/lib/app/db: permission denied']}

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
        Set `securityContext.fsGroup` (or `runAsUser`) to the owner of the volume, or correct the volume's mode.

    References:
        https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#set-the-security-context-for-a-pod
    """
    for container, found, evidence in failing_with(_WORDS, pod, cluster):
        if not _path(evidence):
            continue
        yield Match(
            message=f"container {container.name} of Pod {pod.name} may not use {_path(evidence)}: {found[0]}",
            evidence=(evidence, *pod.cite_container(container, "restartCount")),
            effects=(Effect(EffectKind.CONTAINER_CRASHING, pod.ref), Effect(EffectKind.POD_NOT_READY, pod.ref)),
            about=container.name,
            since=pod.created_at,
            facts=(("path", _path(evidence)),),
        )


def _path(evidence: Evidence) -> str:
    """The path that the line names; refusals of databases and APIs name none."""
    found = _PATH.search(str(evidence.value))
    return next(filter(None, found.groups()), "") if found else ""
