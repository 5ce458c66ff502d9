"""An environment variable that the process misses."""

from __future__ import annotations

import re

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.last_words import failing_for, failing_pods
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.records import ContainerLog
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

_KEY = re.compile(r"\bKeyError: ")
_FRAME = re.compile(r'^\s*File ".+", line \d+')
_ENVIRONMENT = re.compile(r"environ|getenv|\bos\.py\b|<frozen os>|\benv\b", re.IGNORECASE)
_FRAMES = 8
"""Lines of a traceback before its last one that are looked at: those of the innermost calls."""


@rule(Severity.ERROR, subject=Pod, needs=(Records.LOGS,), directness=Directness.REPORTED, among=failing_pods)
def environment_variable_is_missing(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The process ends because an environment variable is not set.

    Why it matters:
        Programs that read their configuration at the start end at once without it.

    Fires on:
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
            ready: false
            restartCount: 5
            state:
              waiting: {reason: CrashLoopBackOff}
            lastState:
              terminated: {exitCode: 1, reason: Error, finishedAt: '2026-01-01T11:59:00Z'}
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines: ['panic: required environment variable DATABASE_URL is not set']

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
        Set the variable in the Pod template.

    References:
        https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/
    """
    for container, told, evidence in failing_for(Trouble.SETTING, pod, cluster, _is_about_environment):
        yield Match(
            message=f"container {container.name} of Pod {pod.name} misses environment variable {told.name}",
            evidence=(evidence, *pod.cite_container(container, "restartCount")),
            effects=(Effect(EffectKind.CONTAINER_CRASHING, pod.ref), Effect(EffectKind.POD_NOT_READY, pod.ref)),
            about=container.name,
            since=pod.created_at,
            facts=(("variable", told.name), ("container", container.name)),
        )


def _is_about_environment(log: ContainerLog, position: int) -> bool:
    """Tell whether the key that a Python process missed was one of its environment, as far as a traceback tells.

    `os.environ` is a mapping like any other, and words a missing key alike; its frames are in module os.
    """
    if not _KEY.search(log.lines[position]):
        return True
    frames = log.lines[max(0, position - _FRAMES) : position]
    return not any(_FRAME.search(line) for line in frames) or any(_ENVIRONMENT.search(line) for line in frames)
