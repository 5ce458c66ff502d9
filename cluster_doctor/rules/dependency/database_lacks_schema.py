"""A table, column or database that a client needs and that does not exist."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.dependency.callers import caller_effects, suffers
from cluster_doctor.rules.dependency.failing_calls import callers_in_trouble, failing_calls
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Workload


@rule(
    Severity.ERROR,
    subject=Workload,
    needs=(Records.LOGS, Pod),
    directness=Directness.REPORTED,
    among=callers_in_trouble,
)
def database_lacks_schema(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """The workload asks a database for a table, column or database that it does not have.

    Why it matters:
        A migration that did not run, or ran elsewhere, leaves server and client well and every query failing.

    Fires on:
        kind: Deployment
        metadata: {name: api}
        spec: {template: {metadata: {labels: {app: api}}, spec: {containers: [{name: app}]}}}
        ---
        kind: Pod
        metadata:
          name: api-0
          ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: api, controller: true}]
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          containerStatuses:
          - {name: app, ready: false, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff}}}
        ---
        kind: Log
        subject: Pod/api-0
        container: app
        lines: ['ERROR: relation "invoice" does not exist (SQLSTATE 42P01)']

    Stays quiet on:
        kind: Deployment
        metadata: {name: api}
        spec: {template: {metadata: {labels: {app: api}}, spec: {containers: [{name: app}]}}}
        ---
        kind: Pod
        metadata:
          name: api-0
          ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: api, controller: true}]
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          containerStatuses:
          - {name: app, ready: false, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff}}}
        ---
        kind: Log
        subject: Pod/api-0
        container: app
        lines: ['INFO migration 7 creates relation invoice']

    Remedy:
        Run the migration of this version against the database that the workload uses, or correct the database's name.

    References:
        https://kubernetes.io/docs/concepts/workloads/pods/init-containers/
    """
    if not suffers(workload, cluster):
        return
    for call in failing_calls(workload.ref, cluster):
        if call.trouble is Trouble.SCHEMA and call.told.name:
            yield Match(
                message=f"{workload.ref} asks its database for {call.told.name}, which does not exist there: "
                f"{str(call.evidence.value)[:200]}",
                evidence=(call.evidence,),
                effects=caller_effects(workload, cluster),
                about=call.told.name,
                facts=(("missing", call.told.name),),
            )
            return
