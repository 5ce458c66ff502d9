"""A Service that no probe could connect to."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Service


@rule(
    Severity.WARNING,
    subject=Service,
    needs=(Records.CONNECTION_PROBES,),
    stage=Stage.SYMPTOM,
    directness=Directness.REPORTED,
)
def connection_to_service_fails(service: Service, cluster: ClusterSnapshot) -> Matches:
    """Every attempt to connect to the Service failed.

    Why it matters:
        This is what its clients meet.

    Fires on:
        {kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}}
        ---
        {kind: ConnectionProbe, target: Service/web, port: 80, succeeded: false, from_node: n1, text: refused}

    Stays quiet on:
        {kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}}
        ---
        {kind: ConnectionProbe, target: Service/web, port: 80, succeeded: true, from_node: n1, text: open}

    Remedy:
        Follow the path: Service, endpoints, Pod, node, policy.

    References:
        https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/
    """
    probes = [probe for probe in cluster.connection_probes if probe.target == service.ref]
    if not probes or any(probe.succeeded for probe in probes):
        return
    yield Match(
        message=f"connections to Service {service.name} on port {probes[0].port} fail from everywhere they were tried",
        evidence=tuple(probe.cite() for probe in probes[:3]),
        effects=(Effect(EffectKind.SERVICE_UNREACHABLE, service.ref),),
    )
