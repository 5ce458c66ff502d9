"""An Ingress to a Service that does not exist."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Ingress, Service


@rule(Severity.ERROR, subject=Ingress, needs=(Service,), directness=Directness.STATED)
def ingress_backend_does_not_exist(ingress: Ingress, cluster: ClusterSnapshot) -> Matches:
    """The Ingress leads to a Service that does not exist.

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
                    name: webb
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
        Correct the backend's name, or create the Service.

    References:
        https://kubernetes.io/docs/concepts/services-networking/ingress/
    """
    for backend in ingress.backends():
        if cluster.exists(Service, backend.namespace, backend.service) is not False:
            continue
        yield Match(
            message=f"Ingress {ingress.name} sends {backend.host or '*'}{backend.route} to Service {backend.service}, "
            "which does not exist",
            evidence=(
                ingress.cite(backend.path),
                cluster.cite_absence(Service.ref_to(backend.namespace, backend.service)),
            ),
            effects=(Effect(EffectKind.ROUTE_BROKEN, ingress.ref),),
            because=(Effect(EffectKind.SERVICE_MISSING, Service.ref_to(backend.namespace, backend.service)),),
            about=backend.service,
            facts=(("service", backend.service), ("path", backend.path)),
        )
