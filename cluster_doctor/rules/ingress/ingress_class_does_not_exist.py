"""An Ingress of a class that nobody serves."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Ingress, IngressClass


@rule(Severity.ERROR, subject=Ingress, needs=(IngressClass,), directness=Directness.STATED)
def ingress_class_does_not_exist(ingress: Ingress, cluster: ClusterSnapshot) -> Matches:
    """The Ingress names an IngressClass that does not exist.

    Why it matters:
        No controller picks the Ingress up; it gets no address and serves nothing.

    Fires on:
        kind: Ingress
        metadata: {name: web}
        spec:
          ingressClassName: ngnix
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
        Name a class that exists: `kubectl get ingressclass`.

    References:
        https://kubernetes.io/docs/concepts/services-networking/ingress/
    """
    named = ingress.text("spec", "ingressClassName")
    if not named or cluster.exists(IngressClass, None, named) is not False:
        return
    known = ", ".join(sorted(entry.name for entry in cluster.all(IngressClass)))
    yield Match(
        message=f"Ingress {ingress.name} names class {named!r}, which does not exist"
        + (f" (there are: {known})" if known else ""),
        evidence=(ingress.cite("spec.ingressClassName"), cluster.cite_absence(IngressClass.ref_to(None, named))),
        effects=(Effect(EffectKind.ROUTE_BROKEN, ingress.ref),),
        facts=(("class", named), ("known", known)),
    )
