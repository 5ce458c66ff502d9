"""Stored data that another process holds."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Severity
from cluster_doctor.rules.container.final_complaint import complaints_of
from cluster_doctor.rules.container.last_words import failing_pods
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.wording import wording
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

_WORDS = wording(
    r"(unable to lock (?:\./)?[\w./]*ibdata\d+.{0,80}|lock file \"[\w./]*postmaster\.pid\" already exists"
    r"|lock DB directory: .{0,80}|failed to obtain node locks?.{0,160}"
    r"|another mongod instance is already running.{0,80}"
    r"|[\w./-]{0,200}/LOCK\"?: resource temporarily unavailable|database may be already in use.{0,80}"
    r"|another process or thread is using this directory|has been locked by another process"
    r"|another instance of derby may have already booted.{0,80})",
    "ibdata",
    "postmaster.pid",
    "lock db directory",
    "obtain node lock",
    "another mongod",
    "resource temporarily unavailable",
    "may be already in use",
    "is using this directory",
    "locked by another process",
    "another instance of derby",
    any_case=True,
)
"""What InnoDB, PostgreSQL, Prometheus, Elasticsearch, MongoDB, RocksDB, H2, Kafka, Neo4j and Derby say."""


@rule(Severity.ERROR, subject=Pod, needs=(Records.LOGS,), directness=Directness.STATED, among=failing_pods)
def stored_data_is_in_use(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The process finds its stored data locked by another process.

    Why it matters:
        Two Pods mount one volume, or an old one still holds it. Stores let one process alone at their files; the other
        ends until the first is gone.

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
        lines: ['InnoDB: Unable to lock ./ibdata1 error: 11']

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
        lines: ['lock wait timeout exceeded']

    Remedy:
        Run one replica for each volume (a StatefulSet with claim templates, or strategy Recreate), and end the other.

    References:
        https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
        https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#recreate-deployment
    """
    yield from complaints_of(
        pod,
        _WORDS,
        lambda container, told: (
            f"the stored data of container {container.name} in Pod {pod.name} is in use by another process: {told}"
        ),
        cluster,
    )
