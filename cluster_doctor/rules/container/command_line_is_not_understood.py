"""A process that ends because it does not know what its command line says."""

from __future__ import annotations

import re

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.last_words import failing_pods, failing_with
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.wording import wording
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Container, Pod

_WORDS = wording(
    r"flag provided but not defined: (-{1,2}[\w.-]+)"  # Go's package flag
    r"|unknown (?:shorthand )?flag: (?:'\w+' in )?(-{1,2}[\w.-]+)"  # spf13/pflag
    r"|(?:unrecognized|unknown|invalid|illegal|bad|no such|unsupported) option:?(?: --)? ['\"`]?(-{0,2}[\w.-]+)"
    r"|unrecognized arguments: (-{1,2}[\w.-]+)"  # Python's argparse
    r"|unexpected argument '(-{1,2}[\w.-]+)"  # clap, for Rust
    r"|Unrecognized VM option '([\w.-]+)|Unrecognized option: (-[\w.-]+)",  # Java
    "flag",
    "option",
    "argument",
    any_case=True,
)
"""How libraries that read command lines say that they do not know an option, which they name."""


@rule(Severity.ERROR, subject=Pod, needs=(Records.LOGS,), directness=Directness.REPORTED, among=failing_pods)
def command_line_is_not_understood(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The process ends at once because its command line holds an option that it does not know.

    Why it matters:
        The option is misspelt, or the image is of a version that has it no more or not yet; no restart helps.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app, args: [--listen=:8080, --retry-budgt=3]}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: false
            restartCount: 5
            state:
              waiting: {reason: CrashLoopBackOff}
            lastState:
              terminated: {exitCode: 2, reason: Error, finishedAt: '2026-01-01T11:59:00Z'}
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines: ['unknown flag: --retry-budgt']

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app, args: [--listen=:8080]}
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
        lines: ['a client sent an unknown option: -x']

    Remedy:
        Correct the option in `command` or `args`, or run the version of the image that knows it.

    References:
        https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
    """
    for container, found, evidence in failing_with(_WORDS, pod, cluster):
        option = next(group for group in found.groups() if group)
        at = _path(container, option)
        yield Match(
            message=f"container {container.name} of Pod {pod.name} does not know option {option}"
            + (", which its command line holds" if at else ""),
            evidence=(evidence, *((pod.cite(at),) if at else ()), *pod.cite_container(container, "restartCount")),
            effects=(Effect(EffectKind.CONTAINER_CRASHING, pod.ref), Effect(EffectKind.POD_NOT_READY, pod.ref)),
            about=container.name,
            since=pod.created_at,
            directness=Directness.COMPARED if at else None,
            facts=(("option", option), ("container", container.name)),
        )


def _path(container: Container, option: str) -> str:
    """Where a container's own command line holds an option; empty where the image or a script adds it."""
    bare = option.lstrip("-")
    for field in ("command", "args"):
        given = container.raw.get(field)
        for argument in given if isinstance(given, list) else ():
            if bare and bare in re.split(r"[\s=:+]+", str(argument).replace("-XX:", "").lstrip("-")):
                return f"{container.path}.{field}"
    return ""
