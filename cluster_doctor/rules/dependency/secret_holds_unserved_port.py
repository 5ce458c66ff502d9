"""A port in a Secret that nobody serves."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.dependency.failing_calls import failing_calls
from cluster_doctor.rules.dependency.secret_ports import ports_from_secrets, ports_of_named_services
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Secret, Service, Workload

CONNECTING = frozenset({Trouble.REFUSED, Trouble.TIMEOUT, Trouble.BROKEN})


@rule(Severity.ERROR, subject=Workload, needs=(Service, Secret, Records.LOGS))
def secret_holds_unserved_port(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """A Secret gives the workload a port that no Service of its namespace offers, and its connections fail.

    Why it matters:
        A wrong port in a Secret is hidden twice: the value is not shown, and the error names neither host nor port.

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
              - name: app
                envFrom:
                - secretRef: {name: db}
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
        kind: Secret
        metadata: {name: db}
        keys: [DB_PORT]
        facts:
          DB_PORT: {port: 3307}
        ---
        kind: Service
        metadata: {name: mysql}
        spec:
          ports:
          - {port: 3306}
        ---
        kind: Log
        subject: Pod/api-0
        container: app
        lines: [Communications link failure]

    Stays quiet on:
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
              - name: app
                envFrom:
                - secretRef: {name: db}
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
        kind: Secret
        metadata: {name: db}
        keys: [DB_PORT]
        facts:
          DB_PORT: {port: 3306}
        ---
        kind: Service
        metadata: {name: mysql}
        spec:
          ports:
          - {port: 3306}
        ---
        kind: Log
        subject: Pod/api-0
        container: app
        lines: [Communications link failure]

    Remedy:
        Set the key to the port of the Service, and restart the workload.

    References:
        https://kubernetes.io/docs/concepts/configuration/secret/
    """
    everywhere = {port.number for service in cluster.within(Service, workload.namespace) for port in service.ports}
    troubled = [call for call in failing_calls(workload.ref, cluster) if call.trouble in CONNECTING]
    if not troubled or not everywhere:
        return
    for secret, key, number in ports_from_secrets(workload, cluster):
        meant = ports_of_named_services(secret, cluster)
        if number in (meant or everywhere):
            continue
        told = next((call for call in troubled if call.port == number), troubled[0])
        yield Match(
            message=f"key {key} of Secret {secret.name} gives {workload.ref} port {number}; "
            + (
                f"the Service that it names offers {', '.join(map(str, sorted(meant)))}"
                if meant
                else "no Service offers it"
            ),
            evidence=(secret.cite(f"facts.{key}"), told.evidence),
            effects=(Effect(EffectKind.CALLS_FAILING, workload.ref),),
            about=key,
            directness=Directness.STATED,
            facts=(("secret", secret.name), ("key", key), ("port", str(number))),
        )
