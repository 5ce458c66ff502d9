"""An Ingress whose certificate is missing."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Ingress, Secret


@rule(Severity.WARNING, subject=Ingress, needs=(Secret,), directness=Directness.STATED)
def ingress_certificate_does_not_exist(ingress: Ingress, cluster: ClusterSnapshot) -> Matches:
    """The Ingress names a TLS Secret that does not exist or holds no certificate.

    Why it matters:
        The controller serves a certificate of its own, which browsers refuse.

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
                    port: {number: 80}
          tls:
          - hosts: [shop.example.com]
            secretName: shop-tls
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
          tls:
          - hosts: [shop.example.com]
            secretName: shop-tls
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
        ---
        kind: Secret
        metadata: {name: shop-tls}
        type: kubernetes.io/tls
        keys: [tls.crt, tls.key]

    Remedy:
        Create the Secret in the Ingress's namespace, or repair what issues it.

    References:
        https://kubernetes.io/docs/concepts/services-networking/ingress/#tls
    """
    for name, path in ingress.tls_secrets():
        secret = cluster.get(Secret, ingress.namespace, name)
        if secret is None and cluster.exists(Secret, ingress.namespace, name) is not False:
            continue
        if secret is not None and {"tls.crt", "tls.key"} <= secret.keys:
            continue
        state = "lacks tls.crt or tls.key" if secret else "does not exist"
        yield Match(
            message=f"TLS Secret {name} of Ingress {ingress.name} {state}",
            evidence=(
                ingress.cite(path),
                secret.cite("keys") if secret else cluster.cite_absence(Secret.ref_to(ingress.namespace, name)),
            ),
            effects=(Effect(EffectKind.ROUTE_BROKEN, ingress.ref),),
            because=(Effect(EffectKind.NOT_RECONCILED, Secret.ref_to(ingress.namespace, name)),),
            about=name,
            facts=(("secret", name),),
        )
