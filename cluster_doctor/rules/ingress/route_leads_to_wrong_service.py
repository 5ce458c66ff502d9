"""A route of a gateway that leads elsewhere than it says."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.ingress.routes import (
    GatewayRoute,
    bears_name_of,
    distance,
    judge,
    route_effects,
    routes_of,
    workloads_with_routes,
)
from cluster_doctor.rules.performance.anomalies import troubled
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap, Service, Workload


@rule(Severity.ERROR, subject=Workload, needs=(Service, ConfigMap), among=workloads_with_routes)
def route_leads_to_wrong_service(gateway: Workload, cluster: ClusterSnapshot) -> Matches:
    """A gateway's route leads to another Service than the one it is named after, unlike its other routes.

    Why it matters:
        Requests reach a Service that does not know them; it answers 404 or something that looks right and is not.

    Fires on:
        kind: Deployment
        metadata: {name: gateway}
        spec:
          template:
            spec:
              containers:
              - name: app
                envFrom:
                - configMapRef: {name: routes}
        ---
        kind: ConfigMap
        metadata: {name: routes}
        data: {nginx.conf: 'location /orders { proxy_pass http://basket:80; }

            location /basket { proxy_pass http://basket:80; }

            location /search { proxy_pass http://search:80; }

            location /account { proxy_pass http://account:80; }

            '}
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
        kind: Deployment
        metadata: {name: gateway}
        spec:
          template:
            spec:
              containers:
              - name: app
                envFrom:
                - configMapRef: {name: routes}
        ---
        kind: ConfigMap
        metadata: {name: routes}
        data: {nginx.conf: 'location /orders { proxy_pass http://orders:80; }

            location /basket { proxy_pass http://basket:80; }

            location /search { proxy_pass http://search:80; }

            location /account { proxy_pass http://account:80; }

            '}
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
        Lead the route to the Service that it is named after.

    References:
        https://kubernetes.io/docs/concepts/services-networking/gateway/
    """
    services = cluster.within(Service, gateway.namespace)
    known = {service.name for service in services}
    judged = judge(routes_of(gateway, cluster), services)
    for route, wanted in judged.astray:
        if route.service not in known and not (judged.usual and _is_misspelt(route, wanted)):
            continue
        if not judged.usual and not (bears_name_of(route, wanted) and gateway.ref in troubled(cluster)):
            continue  # names and targets do not agree here as a rule, so that they prove nothing alone
        host = route.host if route.service in known else f"{route.host}, which is no Service here"
        yield Match(
            message=f"{gateway.ref} leads {route.name or route.path} to {host}, not to Service {wanted.name}"
            + (f"; {judged.agreeing} other routes lead to what they are named after" if judged.agreeing else ""),
            evidence=(route.evidence,),
            effects=route_effects(gateway, wanted, cluster),
            about=route.name or route.path,
            directness=Directness.COMPARED if judged.usual else Directness.REPORTED,
            facts=(("route", route.name or route.path), ("host", route.host), ("wanted", wanted.name)),
        )


def _is_misspelt(route: GatewayRoute, wanted: Service) -> bool:
    """Whether a host in the gateway's own namespace is no Service, and no closer to the route's name than one that is.

    A route to `food-delivery` that bears this very name misses a Service; it does not mean `delivery`.
    """
    if "." in route.host.removesuffix(".svc.cluster.local").removesuffix(f".{wanted.namespace}"):
        return False
    own, meant = distance(route, route.service), distance(route, wanted.name)
    return meant is not None and (own is None or own >= meant)
