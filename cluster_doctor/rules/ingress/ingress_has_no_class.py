"""An Ingress without a class, where there is no default."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Ingress, IngressClass


@rule(Severity.WARNING, subject=Ingress, needs=(IngressClass,))
def ingress_has_no_class(ingress: Ingress, cluster: ClusterSnapshot) -> Matches:
    """The Ingress names no class, and no class is the default.

    Why it matters:
        Most controllers leave an Ingress without a class alone.

    Fires on:
        kind: Ingress
        metadata: {name: web}
        spec:
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
        Set `ingressClassName`, or mark a class as default.

    References:
        https://kubernetes.io/docs/concepts/services-networking/ingress/
    """
    classes = cluster.all(IngressClass)
    if ingress.class_name or not classes or any(entry.default for entry in classes):
        return  # without any class, controllers take what names none
    if ingress.objects("status", "loadBalancer", "ingress"):
        return  # somebody serves it all the same
    yield Match(
        message=f"Ingress {ingress.name} names no class, and none of "
        f"{', '.join(c.name for c in classes)} is the default",
        evidence=(ingress.cite("spec.ingressClassName"),),
        effects=(Effect(EffectKind.ROUTE_BROKEN, ingress.ref),),
    )
