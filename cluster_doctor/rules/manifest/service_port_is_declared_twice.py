"""A port that a Service offers twice."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Service, ServicePort


@rule(Severity.ERROR, subject=Service)
def service_port_is_declared_twice(service: Service, cluster: ClusterSnapshot) -> Matches:
    """A Service offers one port, or one name of a port, twice.

    Why it matters:
        The API server refuses it.

    Fires on:
        kind: Service
        metadata: {name: web}
        spec: {ports: [{name: http, port: 80}, {name: http, port: 81}]}

    Stays quiet on:
        kind: Service
        metadata: {name: web}
        spec: {ports: [{name: dns, port: 53}, {name: dns-udp, port: 53, protocol: UDP}]}

    Remedy:
        Give each port its own number and name.

    References:
        https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services
    """
    if not cluster.is_unapplied:
        return
    first: dict[str, ServicePort] = {}
    for port in service.ports:
        for word in filter(None, (f"{port.number}/{port.protocol}", port.name)):
            known = first.setdefault(word, port)
            if known is port:
                continue
            yield Match(
                message=f"Service {service.name} offers port {word} twice",
                evidence=(service.cite(known.path), service.cite(port.path)),
                effects=(Effect(EffectKind.SERVICE_MISSING, service.ref),),
                about=word,
            )
