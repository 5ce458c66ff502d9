"""A database whose files were written by another version."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Severity
from cluster_doctor.rules.container.final_complaint import complaints_of
from cluster_doctor.rules.container.last_words import failing_pods
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.wording import wording
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

_WORDS = wording(
    r"^(.*database files are incompatible with server.*|.*initialized by PostgreSQL version.*not compatible.*"
    r"|.*(?:Cannot|can't) (?:upgrade|downgrade) from .*"
    r"|.*(?:UP|DOWN)GRADE PROBLEM: Found an invalid featureCompatibilityVersion.*"
    r"|.*Can't handle RDB format version.*|.*(?:cannot|unable to) downgrade a node from version.*"
    r"|.*data (?:directory|files?) .{0,80}(?:created|written) by (?:a )?(?:newer|older|different|another) version.*)",
    "incompatible",
    "not compatible",
    "grade ",
    "version",
    any_case=True,
)


@rule(Severity.ERROR, subject=Pod, needs=(Records.LOGS,), directness=Directness.STATED, among=failing_pods)
def stored_files_have_another_version(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The server cannot read the files in its volume, which another version of it wrote.

    Why it matters:
        Databases do not read the files of every other version; a new image over an old volume needs a migration.

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
        lines: ['FATAL: database files are incompatible with server']

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
        lines: ['server version 16.2 starting']

    Remedy:
        Go back to the image that wrote the files, then migrate by dump and restore or by the vendor's upgrade tool.

    References:
        https://kubernetes.io/docs/tutorials/stateful-application/basic-stateful-set/
    """
    yield from complaints_of(
        pod,
        _WORDS,
        lambda container, told: (
            f"container {container.name} of Pod {pod.name} (image {container.image}) cannot read its files: {told}"
        ),
        cluster,
    )
