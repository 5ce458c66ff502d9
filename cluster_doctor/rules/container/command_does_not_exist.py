"""A command that the image does not have."""

from __future__ import annotations

import re

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.start_errors import start_errors
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import counted_on, unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

_WORDS = re.compile(
    r"\bexec:? \\?\"?([^\"\\:\s]+)\\?\"?: (?:executable file not found in [$%]PATH|is a directory"
    r"|(?:stat \S+: )?no such file or directory|permission denied)"
    r"|executable file `([^`]+)` not found"
    r"|(?:sh|bash|ash): (?:line )?(?:\d+: )?(\S+): (?:command )?not found"
)
"""What runc, crun and shells say; CRI-O quotes runc's own log line, quotation marks escaped."""


def names_program(words: str) -> re.Match[str] | None:
    """Find what a message says about a program that cannot be executed."""
    return _WORDS.search(words)


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=unwell_pods)
def command_does_not_exist(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The container's command is not in its image, or may not be executed.

    Why it matters:
        The runtime cannot start the process at all: exit code 127 or 128, and no log.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - name: app
            command: [serve-web]
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: false
            restartCount: 3
            state:
              waiting: {reason: RunContainerError, message: 'exec: "serve-web": executable file not found in
                  $PATH'}

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
        Correct `command` and `args`, or use the image that has the program.

    References:
        https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
    """
    if not counted_on(pod, cluster):
        return
    for container in pod.containers:
        for words, evidence in start_errors(pod, container, cluster):
            found = names_program(words)
            if not found:
                continue
            program = found[1] or found[2] or found[3]
            yield Match(
                message=f"container {container.name} of Pod {pod.name} cannot run {program!r}: {found[0]}",
                evidence=(evidence, pod.cite(f"{container.path}.command")),
                effects=(Effect(EffectKind.CONTAINER_CRASHING, pod.ref), Effect(EffectKind.POD_NOT_STARTED, pod.ref)),
                about=container.name,
                since=pod.created_at,
                facts=(("container", container.name), ("program", program)),
            )
            break
