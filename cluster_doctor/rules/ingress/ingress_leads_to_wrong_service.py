"""An Ingress path that leads elsewhere than it says."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.ingress.routes import GatewayRoute, meant
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
    services = cluster.within(Service, ingress.namespace)
    routes = [
        GatewayRoute("", backend.route, backend.service, ingress.cite(backend.path)) for backend in ingress.backends()
    ]
    judged = [(route, wanted) for route in routes if (wanted := meant(route, services)) is not None]
    astray = [(route, wanted) for route, wanted in judged if route.host != wanted.name]
    if not astray or len(astray) > (len(judged) - len(astray)) / 2:
        return
    for route, wanted in astray:
        yield Match(
            message=f"Ingress {ingress.name} leads {route.path} to Service {route.host}; "
            f"{len(judged) - len(astray)} other paths lead to what they are named after, here {wanted.name}",
            evidence=(route.evidence,),
            effects=(Effect(EffectKind.ROUTE_BROKEN, ingress.ref),),
            about=route.path,
            facts=(("route", route.path), ("host", route.host), ("wanted", wanted.name)),
        )
