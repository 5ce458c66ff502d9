"""An Ingress to a port that its Service does not offer."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Ingress, Service


@rule(Severity.ERROR, subject=Ingress, needs=(Service,))
def ingress_backend_port_does_not_exist(ingress: Ingress, cluster: ClusterSnapshot) -> Matches:
    """The Ingress leads to a port that the Service does not offer.

    Why it matters:
        The ingress controller answers 503 on that path.

    Fires on:
        kind: Ingress
        metadata: {name: web}
        spec:
          ingressClassName: nginx
          rules:
          - host: shop.example.com
            http:
              paths:
              - path: /
                backend:
                  service:
                    name: web
                    port: {number: 8080}
        ---
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports:
          - {port: 80, name: http}
        ---
        kind: IngressClass
        metadata: {name: nginx}

    Stays quiet on:
        kind: Ingress
        metadata: {name: web}
        spec:
          ingressClassName: nginx
          rules:
          - host: shop.example.com
            http:
              paths:
              - path: /
                backend:
                  service:
                    name: web
                    port: {number: 80}
        ---
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports:
          - {port: 80, name: http}
        ---
        kind: IngressClass
        metadata: {name: nginx}

    Remedy:
        Set the backend's port to one that the Service offers.

    References:
        https://kubernetes.io/docs/concepts/services-networking/ingress/
    """
    for backend in ingress.backends():
        service = cluster.get(Service, backend.namespace, backend.service)
        if service is None or not backend.port or not service.ports:
            continue
        if any(backend.port in {str(port.number), port.name} for port in service.ports):
            continue
        offered = ", ".join(f"{port.number}{f' ({port.name})' if port.name else ''}" for port in service.ports)
        yield Match(
            message=f"Ingress {ingress.name} leads to port {backend.port} "
            f"of Service {service.name}, which offers {offered}",
            evidence=(ingress.cite(backend.path), service.cite("spec.ports")),
            effects=(Effect(EffectKind.ROUTE_BROKEN, ingress.ref),),
            about=f"{backend.service}:{backend.port}",
            facts=(("service", backend.service), ("port", backend.port), ("offered", offered)),
        )
