"""A workload whose calls fail."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.dependency.databases import is_database
from cluster_doctor.rules.dependency.failing_calls import FailingCall, callers_in_trouble, failing_calls
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.harmless import is_tested_or_served
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload

SERVED = frozenset({Trouble.CREDENTIALS, Trouble.CONNECTIONS, Trouble.READ_ONLY, Trouble.SCHEMA, Trouble.LOCKED})
"""Troubles that a database server logs about its clients, not about calls of its own."""

_MANY = 10


@rule(
    Severity.WARNING,
    subject=Workload,
    needs=(Records.LOGS,),
    stage=Stage.SYMPTOM,
    directness=Directness.REPORTED,
    among=callers_in_trouble,
)
def workload_logs_failing_calls(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """The workload logs that calls to something else fail.

    Why it matters:
        What it calls, the way there or the address it uses is wrong; the log says which.

    Fires on:
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
        lines: ['dial tcp 10.1.2.3:5432: connect: connection refused']

    Stays quiet on:
        {kind: Deployment, metadata: {name: api}, spec: {template: {spec: {containers: [{name: app}]}}}}
        ---
        {kind: Log, subject: Deployment/api, container: app, lines: [ready to serve]}

    Remedy:
        Follow the address that the line names.

    References:
        https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/
    """
    own = [
        call
        for call in failing_calls(workload.ref, cluster)
        if (call.trouble not in SERVED or not is_database(workload)) and not _is_one_of_many(call)
    ]
    for call in own[:1]:
        target = f" to {call.host}{f':{call.port}' if call.port else ''}" if call.host else ""
        yield Match(
            message=f"{workload.ref} logs failing calls{target}: {call.trouble.value}",
            evidence=(call.evidence,),
            effects=(Effect(EffectKind.CALLS_FAILING, workload.ref),),
        )


def _is_one_of_many(call: FailingCall) -> bool:
    """Tell whether a call that names nobody failed once, and many were served since: proxies log each of either."""
    later = call.log.lines[call.position + 1 :]
    return not call.host and sum(is_tested_or_served(line) for line in later) >= _MANY
