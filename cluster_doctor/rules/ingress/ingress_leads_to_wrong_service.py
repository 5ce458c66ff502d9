"""An Ingress path that leads elsewhere than it says."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.ingress.routes import GatewayRoute, judge, receivers
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Ingress, Service


@rule(Severity.WARNING, subject=Ingress, needs=(Service,))
def ingress_leads_to_wrong_service(ingress: Ingress, cluster: ClusterSnapshot) -> Matches:
    """A path of the Ingress leads to another Service than the one it is named after, unlike its other paths.

    Why it matters:
        Requests reach a Service that does not know them; it answers 404 or something that looks right and is not.

    Fires on:
        kind: Ingress
        metadata: {name: shop}
        spec:
          rules:
          - http:
              paths:
              - path: /orders
                backend:
                  service:
                    name: basket
                    port: {number: 80}
              - path: /basket
                backend:
                  service:
                    name: basket
                    port: {number: 80}
              - path: /search
                backend:
                  service:
                    name: search
                    port: {number: 80}
              - path: /account
                backend:
                  service:
                    name: account
                    port: {number: 80}
        ---
        kind: Service
        metadata: {name: orders}
        spec:
          ports:
          - {port: 80}
        ---
        kind: Service
        metadata: {name: basket}
        spec:
          ports:
          - {port: 80}
        ---
        kind: Service
        metadata: {name: search}
        spec:
          ports:
          - {port: 80}
        ---
        kind: Service
        metadata: {name: account}
        spec:
          ports:
          - {port: 80}

    Stays quiet on:
        kind: Ingress
        metadata: {name: shop}
        spec:
          rules:
          - http:
              paths:
              - path: /orders
                backend:
                  service:
                    name: orders
                    port: {number: 80}
              - path: /basket
                backend:
                  service:
                    name: basket
                    port: {number: 80}
              - path: /search
                backend:
                  service:
                    name: search
                    port: {number: 80}
              - path: /account
                backend:
                  service:
                    name: account
                    port: {number: 80}
        ---
        kind: Service
        metadata: {name: orders}
        spec:
          ports:
          - {port: 80}
        ---
        kind: Service
        metadata: {name: basket}
        spec:
          ports:
          - {port: 80}
        ---
        kind: Service
        metadata: {name: search}
        spec:
          ports:
          - {port: 80}
        ---
        kind: Service
        metadata: {name: account}
        spec:
          ports:
          - {port: 80}

    Remedy:
        Lead the path to the Service that it is named after.

    References:
        https://kubernetes.io/docs/concepts/services-networking/ingress/
    """
    routes = [
        GatewayRoute("", backend.route, backend.service, ingress.cite(backend.path)) for backend in ingress.backends()
    ]
    judged = judge(routes, cluster.within(Service, ingress.namespace))
    for route, wanted in judged.astray if judged.usual else ():
        yield Match(
            message=f"Ingress {ingress.name} leads {route.path} to Service {route.host}; "
            f"{judged.agreeing} other paths lead to what they are named after, here {wanted.name}",
            evidence=(route.evidence,),
            effects=(
                Effect(EffectKind.ROUTE_BROKEN, ingress.ref),
                *(Effect(EffectKind.SERVING_ERRORS, ref) for ref in receivers(route, ingress.namespace, cluster)),
            ),
            about=route.path,
            facts=(("route", route.path), ("host", route.host), ("wanted", wanted.name)),
        )
