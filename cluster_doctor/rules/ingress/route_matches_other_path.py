"""A route of a gateway that matches another path than the one that is asked for."""

from __future__ import annotations

import re

from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.ingress.routes import (
    GatewayRoute,
    judge,
    meant,
    route_effects,
    routes_of,
    workloads_with_routes,
)
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.records import Alert
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap, Service, Workload


@rule(Severity.ERROR, subject=Workload, needs=(Service, ConfigMap, Records.ALERTS), among=workloads_with_routes)
def route_matches_other_path(gateway: Workload, cluster: ClusterSnapshot) -> Matches:
    """Requests are answered 404, and no route of the gateway matches their path, though one leads where they should go.

    Why it matters:
        The gateway itself answers for a path that it does not know; the Service behind it never sees the request.

    Fires on:
        kind: Deployment
        metadata: {name: gateway}
        spec:
          template:
            spec:
              containers: [{name: app}]
              volumes:
              - {name: conf, configMap: {name: routes}}
        ---
        kind: ConfigMap
        metadata: {name: routes}
        data: {nginx.conf: 'location /api/ordersv2/ { proxy_pass http://orders:80; }

            location /api/search/ { proxy_pass http://search:80; }

            location /api/account/ { proxy_pass http://account:80; }

            '}
        ---
        {kind: Service, metadata: {name: orders}, spec: {ports: [{port: 80}]}}
        ---
        {kind: Service, metadata: {name: search}, spec: {ports: [{port: 80}]}}
        ---
        {kind: Service, metadata: {name: account}, spec: {ports: [{port: 80}]}}
        ---
        kind: Alert
        subject: Deployment/orders
        anomaly: errors
        text: 'GET /api/orders/17 failed 9 times with 404 Not Found'
        labels: {url: /api/orders/17}

    Stays quiet on:
        kind: Deployment
        metadata: {name: gateway}
        spec:
          template:
            spec:
              containers: [{name: app}]
              volumes:
              - {name: conf, configMap: {name: routes}}
        ---
        kind: ConfigMap
        metadata: {name: routes}
        data: {nginx.conf: 'location /api/orders/ { proxy_pass http://orders:80; }

            location /api/search/ { proxy_pass http://search:80; }

            location /api/account/ { proxy_pass http://account:80; }

            '}
        ---
        {kind: Service, metadata: {name: orders}, spec: {ports: [{port: 80}]}}
        ---
        {kind: Service, metadata: {name: search}, spec: {ports: [{port: 80}]}}
        ---
        {kind: Service, metadata: {name: account}, spec: {ports: [{port: 80}]}}
        ---
        kind: Alert
        subject: Deployment/orders
        anomaly: errors
        text: 'GET /api/orders/17 failed 9 times with 404 Not Found'
        labels: {url: /api/orders/17}

    Remedy:
        Let the route match the path that clients ask for.

    References:
        https://kubernetes.io/docs/concepts/services-networking/gateway/
    """
    services = cluster.within(Service, gateway.namespace)
    routes = [route for route in routes_of(gateway, cluster) if route.path.startswith("/")]
    if not judge(routes, services).usual:
        return
    for alert in cluster.alerts:
        asked = _missing_path(alert)
        if not asked or any(_matches(route.path, asked) for route in routes):
            continue
        wanted = meant(GatewayRoute("", asked, "", alert.cite()), services)
        route = next((route for route in routes if wanted and route.service == wanted.name), None)
        if wanted is None or route is None or not _begin_alike(routes, asked):
            continue
        yield Match(
            message=f"{gateway.ref} leads {route.path} to {route.host}, but requests ask for {asked}, "
            "which none of its routes matches",
            evidence=(route.evidence, alert.cite()),
            effects=route_effects(gateway, wanted, cluster),
            about=route.name or route.path,
            facts=(("route", route.name or route.path), ("path", route.path), ("asked", asked)),
        )


_NOT_FOUND = re.compile(r"\b404\b")


def _missing_path(alert: Alert) -> str:
    """The path that an alert says was not found; empty if it says no such thing."""
    url = alert.labels.get("url") or alert.labels.get("path") or ""
    path = re.sub(r"^\w+://[^/]+", "", url).partition("?")[0]
    return path if _NOT_FOUND.search(alert.text) else ""


def _matches(patterns: str, path: str) -> bool:
    """Whether one of a route's paths, with `*`, `**` and `{name}` as wildcards or as a prefix, takes a request's."""
    for pattern in patterns.split(","):
        fixed = re.split(r"[*{]", pattern, maxsplit=1)[0].rstrip("/")
        if path == fixed or path.startswith((f"{fixed}/", pattern)):
            return True
    return False


def _begin_alike(routes: list[GatewayRoute], asked: str) -> bool:
    """Whether the gateway serves paths of this kind at all: most of its routes begin as the request does."""
    first = asked.split("/")[1]
    return 2 * sum(route.path.split("/")[1] == first for route in routes) > len(routes)
