"""An environment variable that the process misses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.last_words import failing_for, failing_pods, failing_with
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.log_lines.wording import wording
from cluster_doctor.snapshot.records import ContainerLog
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Container, Pod

_KEY = re.compile(r"\bKeyError: ")
_FRAME = re.compile(r'^\s*File ".+", line \d+')
_ENVIRONMENT = re.compile(r"environ|getenv|\bos\.py\b|<frozen os>|\benv\b", re.IGNORECASE)
_HEADING = wording(
    r"^\s*(?:(?P<field>Field required \[type=missing|field required \(type=value_error\.missing)"
    r"|Missing environment variables:\s*$)",
    "field required",
    "missing environment variables",
)
"""What pydantic-settings writes below the name of a field, and envalid above those of variables."""
_SETTINGS = re.compile(r"pydantic_settings|env_settings|BaseSettings")
_NAME = re.compile(r"^\s{0,20}([A-Za-z_][A-Za-z0-9_]{1,80})\b")
_TRACEBACK = 60
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
    missed = [
        (container, told.name, evidence)
        for container, told, evidence in failing_for(Trouble.SETTING, pod, cluster, _is_about_environment)
    ]
    for container, name, evidence in missed or _listed(pod, cluster):
        yield Match(
            message=f"container {container.name} of Pod {pod.name} misses environment variable {name}",
            evidence=(evidence, *pod.cite_container(container, "restartCount")),
            effects=(Effect(EffectKind.CONTAINER_CRASHING, pod.ref), Effect(EffectKind.POD_NOT_READY, pod.ref)),
            about=container.name,
            since=pod.created_at,
            facts=(("variable", name), ("container", container.name)),
        )


def _listed(pod: Pod, cluster: ClusterSnapshot) -> Iterator[tuple[Container, str, Evidence]]:
    """Read the variables that settings libraries list below a heading, one to a line."""
    for container, found, evidence in failing_with(_HEADING, pod, cluster):
        for log in cluster.logs_of(pod.ref):
            position = next((at for at, line in enumerate(log.lines) if line == evidence.value), None)
            if position is None or log.container not in {"", container.name}:
                continue
            beside = log.lines[position - 1 : position] if found["field"] else log.lines[position + 1 : position + 2]
            named = _NAME.match(beside[0]) if beside else None
            frames = log.lines[max(0, position - _TRACEBACK) : position]
            if named and (not found["field"] or any(_SETTINGS.search(line) for line in frames)):
                yield container, named[1], evidence
                break


def _is_about_environment(log: ContainerLog, position: int) -> bool:
    """Tell whether the key that a Python process missed was one of its environment, as far as a traceback tells.

    `os.environ` is a mapping like any other, and words a missing key alike; its frames are in module os.
    """
    if not _KEY.search(log.lines[position]):
        return True
    frames = log.lines[max(0, position - _FRAMES) : position]
    return not any(_FRAME.search(line) for line in frames) or any(_ENVIRONMENT.search(line) for line in frames)
