"""An Ingress to a Service that nobody serves."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Ingress, Service


@rule(Severity.WARNING, subject=Ingress, needs=(Service,), stage=Stage.SYMPTOM, directness=Directness.COMPARED)
def ingress_leads_to_nobody(ingress: Ingress, cluster: ClusterSnapshot) -> Matches:
    """The Ingress leads to a Service without a ready endpoint.

    Why it matters:
        Users outside get 502 or 503 on that path.

    Fires on:
        kind: Ingress
        metadata: {name: web}
        spec:
          rules:
          - http:
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
          - {port: 80}
        ---
        kind: Endpoints
        metadata: {name: web}
        subsets:
        - notReadyAddresses:
          - {ip: 10.0.0.7}
          ports:
          - {port: 80}

    Stays quiet on:
        kind: Ingress
        metadata: {name: web}
        spec:
          rules:
          - http:
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
          - {port: 80}
        ---
        kind: Endpoints
        metadata: {name: web}
        subsets:
        - addresses:
          - {ip: 10.0.0.7}
          ports:
          - {port: 80}

    Remedy:
        Make a Pod behind the Service ready.

    References:
        https://kubernetes.io/docs/concepts/services-networking/ingress/
    """
    for backend in ingress.backends():
        service = cluster.get(Service, backend.namespace, backend.service)
        addresses = cluster.addresses_of(service) if service else None
        if service is None or addresses is None or any(address.ready for address in addresses):
            continue
        yield Match(
            message=f"Ingress {ingress.name} leads {backend.host or '*'}{backend.route} to Service {service.name}, "
            "which nobody serves",
            evidence=(ingress.cite(backend.path), service.cite("spec.selector")),
            effects=(Effect(EffectKind.ROUTE_BROKEN, ingress.ref),),
        )
        return
