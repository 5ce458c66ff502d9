"""A program that does not run as root."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Severity
from cluster_doctor.rules.container.final_complaint import complaints_of
from cluster_doctor.rules.container.last_words import failing_pods
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.wording import wording
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

_WORDS = wording(
    r"(?:must|should|can|may|will) ?not (?:be )?(?:started|run|ran|executed|launched)(?: \w+)? as (?:the )?root\b.*"
    r"|\"root\" execution of .{0,60} is not permitted.*|refus(?:es|ing) to (?:start|run) as root.*"
    r"|running as root is not (?:allowed|permitted|supported).*",
    "root",
    any_case=True,
)


@rule(Severity.ERROR, subject=Pod, needs=(Records.LOGS,), directness=Directness.STATED, among=failing_pods)
def process_refuses_to_run_as_root(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The program refuses to run as root, and the container gives it no other user.

    Why it matters:
        Some programs, databases above all, end at once when they are root; the image or the security context must
        name a user.

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
        lines: ['FATAL: the server must not be started as root']

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
        lines: ['warning: running as root, dropping privileges']

    Remedy:
        Set `securityContext.runAsUser` (and `fsGroup` for its volumes) to the user that the image is made for.

    References:
        https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
    """
    yield from complaints_of(
        pod,
        _WORDS,
        lambda container, told: (
            f"the program of container {container.name} in Pod {pod.name} does not run as root: {told}"
        ),
        cluster,
    )
