"""An HTTPRoute that leads elsewhere than its name says."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.ingress.routes import GatewayRoute, judge, receivers
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import objects, text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom, Service

GROUP = "gateway.networking.k8s.io"
KINDS = frozenset({"HTTPRoute", "GRPCRoute"})


@rule(Severity.WARNING, subject=Custom, needs=(Service,))
def http_route_leads_to_wrong_service(route: Custom, cluster: ClusterSnapshot) -> Matches:
    """A route of the Gateway API leads to another Service than the one it is named after, unlike the other routes.

    Why it matters:
        Requests reach a Service that does not know them; it answers 404 or something that looks right and is not.

    Fires on:
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: orders}
        spec: {rules: [{matches: [{path: {value: /orders}}], backendRefs: [{name: basket, port: 80}]}]}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: basket}
        spec: {rules: [{matches: [{path: {value: /basket}}], backendRefs: [{name: basket, port: 80}]}]}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: search}
        spec: {rules: [{matches: [{path: {value: /search}}], backendRefs: [{name: search, port: 80}]}]}
        ---
        {kind: Service, metadata: {name: orders}, spec: {ports: [{port: 80}]}}
        ---
        {kind: Service, metadata: {name: basket}, spec: {ports: [{port: 80}]}}
        ---
        {kind: Service, metadata: {name: search}, spec: {ports: [{port: 80}]}}

    Stays quiet on:
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: orders}
        spec: {rules: [{matches: [{path: {value: /orders}}], backendRefs: [{name: orders, port: 80}]}]}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: basket}
        spec: {rules: [{matches: [{path: {value: /basket}}], backendRefs: [{name: basket, port: 80}]}]}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: search}
        spec: {rules: [{matches: [{path: {value: /search}}], backendRefs: [{name: search, port: 80}]}]}
        ---
        {kind: Service, metadata: {name: orders}, spec: {ports: [{port: 80}]}}
        ---
        {kind: Service, metadata: {name: basket}, spec: {ports: [{port: 80}]}}
        ---
        {kind: Service, metadata: {name: search}, spec: {ports: [{port: 80}]}}

    Remedy:
        Lead the route to the Service that it is named after.

    References:
        https://gateway-api.sigs.k8s.io/api-types/httproute/
    """
    if not _is_route(route):
        return
    services = cluster.within(Service, route.namespace)
    if not _agree_as_a_rule(route.namespace, cluster):
        return
    for entry, wanted in judge(_routes(route), services).astray:
        yield Match(
            message=f"{route.ref.kind} {route.name} leads {entry.path or entry.name} to Service {entry.host}, "
            f"not to {wanted.name}, while the other routes lead to what they are named after",
            evidence=(entry.evidence,),
            blame=route.ref,
            effects=(
                Effect(EffectKind.ROUTE_BROKEN, route.ref),
                *(Effect(EffectKind.SERVING_ERRORS, ref) for ref in receivers(entry, route.namespace, cluster)),
            ),
            about=entry.path or entry.name,
            facts=(("route", entry.path or entry.name), ("host", entry.host), ("wanted", wanted.name)),
        )


def _agree_as_a_rule(namespace: str | None, cluster: ClusterSnapshot) -> bool:
    """Whether the routes of a namespace mostly lead to what they are named after."""

    def read() -> bool:
        routes = [entry for view in cluster.within(Custom, namespace) if _is_route(view) for entry in _routes(view)]
        return judge(routes, cluster.within(Service, namespace)).usual

    return cluster.remember(("routes lead where they are named after", namespace), read)


def _is_route(view: Custom) -> bool:
    return view.ref.kind in KINDS and view.ref.group == GROUP and view.deleted_at is None


def _routes(route: Custom) -> Iterator[GatewayRoute]:
    for position, rule_ in route.objects("spec", "rules"):
        paths = [text(match, "path", "value") for _, match in objects(rule_, "matches")]
        backends = objects(rule_, "backendRefs")
        if len(backends) == 1 and not text(backends[0][1], "namespace"):
            at = f"spec.rules[{position}].backendRefs[0].name"
            yield GatewayRoute(route.name, next(iter(paths), ""), text(backends[0][1], "name"), route.cite(at))
