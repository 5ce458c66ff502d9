"""A database that takes no writes."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Severity
from cluster_doctor.rules.dependency.complaints import complaints
from cluster_doctor.rules.dependency.databases import databases
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Workload


@rule(Severity.ERROR, subject=Workload, needs=(Records.LOGS, Pod), directness=Directness.REPORTED, among=databases)
def database_is_read_only(server: Workload, cluster: ClusterSnapshot) -> Matches:
    """The database is in read-only mode, so that its clients' writes fail.

    Why it matters:
        After a failover, or by its own protection, a server may accept reads only; clients that write fail.

    Fires on:
        kind: StatefulSet
        metadata: {name: db}
        spec:
          template:
            metadata:
              labels: {app: db}
            spec:
              containers:
              - {name: db, image: 'mysql:8'}
        ---
        kind: Deployment
        metadata: {name: api}
        spec:
          replicas: 1
          selector:
            matchLabels: {app: api}
          template:
            metadata:
              labels: {app: api}
            spec:
              containers:
              - {name: app}
        ---
        kind: Pod
        metadata:
          name: api-0
          ownerReferences:
          - {apiVersion: apps/v1, kind: Deployment, name: api, controller: true}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: false
            restartCount: 4
            state:
              waiting: {reason: CrashLoopBackOff}
        ---
        kind: Log
        subject: Pod/api-0
        container: app
        lines: [The MySQL server is running with the --read-only option so it cannot execute this statement]

    Stays quiet on:
        kind: StatefulSet
        metadata: {name: db}
        spec:
          template:
            spec:
              containers:
              - {name: db, image: 'mysql:8'}
        ---
        kind: Deployment
        metadata: {name: api}
        spec:
          template:
            spec:
              containers:
              - {name: app}
        ---
        kind: Log
        subject: Deployment/api
        container: app
        lines: [ready to serve]

    Remedy:
        Make the server writable, or lead the clients to the one that is.

    References:
        https://kubernetes.io/docs/tasks/run-application/run-replicated-stateful-application/
    """
    yield from complaints(server, Trouble.READ_ONLY, "is read-only", cluster)
