"""A database in which one session blocks the others."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.final_complaint import keeps_saying
from cluster_doctor.rules.container.last_words import last_words
from cluster_doctor.rules.dependency.databases import databases
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.wording import wording
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Workload

_SERVER = wording(
    r"still waiting for \w+Lock on |canceling statement due to lock timeout"
    r"|Lock wait timeout exceeded|InnoDB: .{0,40}long semaphore wait",
    "lock",
    "semaphore",
)
_CLIENT = wording(
    r"canceling statement due to lock timeout|could not obtain lock on"
    r"|Lock wait timeout exceeded|ORA-00054|LockTimeout",
    "lock",
    "ora-00054",
)


@rule(Severity.ERROR, subject=Workload, needs=(Pod, Records.LOGS), directness=Directness.REPORTED, among=databases)
def database_locks_are_held(server: Workload, cluster: ClusterSnapshot) -> Matches:
    """Sessions of the database wait for a lock that another session holds.

    Why it matters:
        One transaction that is left open stops every other that touches the same rows; the server looks idle and well.

    Fires on:
        kind: StatefulSet
        metadata: {name: db}
        spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: app, image: 'postgres:17'}]}}}
        ---
        kind: Pod
        metadata:
          name: db-0
          labels: {app: db}
          ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, controller: true}]
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          conditions: [{type: Ready, status: 'True'}]
          containerStatuses: [{name: app, ready: true, restartCount: 0, state: {running: {}}}]
        ---
        kind: Log
        subject: Pod/db-0
        container: app
        lines:
        - process 812 still waiting for AccessShareLock on relation 16402 of database 16384 after 1000.072 ms
        - process 812 still waiting for AccessShareLock on relation 16402 of database 16384 after 1000.072 ms

    Stays quiet on:
        kind: StatefulSet
        metadata: {name: db}
        spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: app, image: 'postgres:17'}]}}}
        ---
        kind: Pod
        metadata:
          name: db-0
          labels: {app: db}
          ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, controller: true}]
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          conditions: [{type: Ready, status: 'True'}]
          containerStatuses: [{name: app, ready: true, restartCount: 0, state: {running: {}}}]
        ---
        {kind: Log, subject: Pod/db-0, container: app, lines: [database system is ready to accept connections]}

    Remedy:
        Find the session that holds the lock (pg_locks, information_schema.innodb_trx), end it, and bound transactions.

    References:
        https://www.postgresql.org/docs/current/runtime-config-logging.html#GUC-LOG-LOCK-WAITS
        https://dev.mysql.com/doc/refman/8.4/en/innodb-parameters.html#sysvar_innodb_lock_wait_timeout
    """
    own = [
        said[1]
        for pod in cluster.pods_of(server.ref)
        for container in pod.containers
        if (said := last_words(pod, container, _SERVER, cluster))
    ]
    callers = sorted(ref for ref in cluster.callers_of(server.ref) if ref.kind != "Service")
    told = [
        (caller, evidence)
        for caller in callers
        for pod in cluster.pods_of(caller)
        if (evidence := keeps_saying(pod, _CLIENT, cluster))
    ]
    if not own and not told:
        return
    waiting = callers if own else [caller for caller, _ in told]
    yield Match(
        message=f"sessions of {server.ref} wait for a lock that another session holds: "
        f"{str((own or [told[0][1]])[0].value)[:200]}",
        evidence=(*own[:2], *(evidence for _, evidence in told[:2])),
        blame=server.ref,
        effects=tuple(
            Effect(kind, ref)
            for ref in (server.ref, *waiting)
            for kind in (EffectKind.SLOW, EffectKind.SERVING_ERRORS, EffectKind.CALLS_FAILING)
        ),
    )
