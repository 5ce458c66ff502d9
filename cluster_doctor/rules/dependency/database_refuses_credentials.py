"""A client whose credentials are refused."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.dependency.callers import caller_effects, suffers
from cluster_doctor.rules.dependency.failing_calls import callers_in_trouble, failing_calls
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Secret, Workload


@rule(
    Severity.ERROR,
    subject=Workload,
    needs=(Records.LOGS, Pod),
    directness=Directness.STATED,
    among=callers_in_trouble,
)
def database_refuses_credentials(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """The workload's user name or password is refused by what it connects to.

    Why it matters:
        A client that cannot log in at the start mostly ends; a password that was changed shows only at the next start.

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
        lines: ['Access denied for user shop (using password: YES)']

    Stays quiet on:
        {kind: Deployment, metadata: {name: api}, spec: {template: {spec: {containers: [{name: app}]}}}}
        ---
        {kind: Log, subject: Deployment/api, container: app, lines: [ready to serve]}

    Remedy:
        Correct the user and password in the Secret that the workload uses, then restart it.

    References:
        https://kubernetes.io/docs/concepts/configuration/secret/
    """
    for call in failing_calls(workload.ref, cluster):
        if call.trouble is not Trouble.CREDENTIALS or not suffers(workload, cluster):
            continue
        named = [
            reference
            for container in workload.template.containers
            for reference in container.references()
            if reference.kind == Secret.kind
        ]
        yield Match(
            message=f"{workload.ref} is refused with its credentials"
            + (f" by {call.host}" if call.host else "")
            + (f"; it takes them from Secret {named[0].name}" if named else ""),
            evidence=(call.evidence, *(workload.cite(reference.path) for reference in named[:1])),
            effects=caller_effects(workload, cluster),
            because=(Effect(EffectKind.CREDENTIALS_OUTDATED, workload.ref),),
            facts=(("secret", named[0].name if named else ""), ("host", call.host)),
        )
        return
