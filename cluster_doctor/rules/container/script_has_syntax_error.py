"""A script that the shell cannot read."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Severity
from cluster_doctor.rules.container.final_complaint import complaints_of
from cluster_doctor.rules.container.last_words import failing_pods
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.wording import wording
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

_WORDS = wording(
    r"(?:ba|da|a|z)?sh: .{0,60}[Ss]yntax error.*|: syntax error(?:: |\b).{0,80}unexpected.*"
    r"|unexpected EOF while looking for matching"
    r"|: line \d+: syntax error.*",
    "syntax error",
    "unexpected eof",
)


@rule(Severity.ERROR, subject=Pod, needs=(Records.LOGS,), directness=Directness.STATED, among=failing_pods)
def script_has_syntax_error(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The container's script is no valid shell, so that it ends before it does anything.

    Why it matters:
        The shell reads the text of `command`, `args` or a mounted script and gives up with exit code 2.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          containerStatuses:
          - {name: app, ready: false, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff}}}
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines: ['/bin/sh: line 3: syntax error: unexpected "fi"']

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          containerStatuses:
          - {name: app, ready: false, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff}}}
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines: ["syntax error at or near 'FROM' in query"]

    Remedy:
        Correct the script; `sh -n` checks one without running it.

    References:
        https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/#run-a-command-in-a-shell
    """
    yield from complaints_of(
        pod,
        _WORDS,
        lambda container, told: (
            f"the script of container {container.name} in Pod {pod.name} has a syntax error: {told}"
        ),
        cluster,
    )
