"""A Gateway API route that leads to a Service that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import objects, text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom, Service

_GROUP = "gateway.networking.k8s.io"


@rule(Severity.ERROR, subject=Custom, needs=(Service,), directness=Directness.COMPARED)
def route_backend_does_not_exist(route: Custom, cluster: ClusterSnapshot) -> Matches:
    """The route sends requests to a Service that does not exist, or to a port that the Service does not have.

    Why it matters:
        The gateway answers such requests with an error of its own, most often 500 or 503.

    Fires on:
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: shop}
        spec:
          rules:
          - backendRefs:
            - {name: cart, port: 80}

    Stays quiet on:
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: shop}
        spec:
          rules:
          - backendRefs:
            - {name: cart, port: 80}
        ---
        kind: Service
        metadata: {name: cart}
        spec:
          ports:
          - {port: 80}

    Remedy:
        Correct the name or the port in `backendRefs`, or create the Service.

    References:
        https://gateway-api.sigs.k8s.io/reference/spec/#backendref
    """
    if route.ref.group != _GROUP or route.deleted_at or _stated(route):
        return
    for path, backend in _backends(route):
        name, namespace = text(backend, "name"), text(backend, "namespace") or route.namespace
        ref = Service.ref_to(namespace, name)
        service = cluster.get(Service, namespace, name)
        port = backend.get("port")
        if service is None and cluster.exists(Service, namespace, name) is False:
            wrong, shown = f"Service {ref.path}, which does not exist", cluster.cite_absence(ref)
        elif service is not None and service.ports and port not in {entry.number for entry in service.ports}:
            wrong, shown = f"port {port} of Service {ref.path}, which has no such port", service.cite("spec.ports")
        else:
            continue
        yield Match(
            message=f"{route.ref} sends requests to {wrong}",
            evidence=(route.cite(path), shown),
            blame=route.ref,
            effects=(Effect(EffectKind.ROUTE_BROKEN, route.ref),),
            about=f"{name}:{port}",
            facts=(("service", name), ("port", str(port))),
        )


def _backends(route: Custom) -> Iterator[tuple[str, dict[str, JsonValue]]]:
    """The Services that a route names, each with where."""
    for position, entry in route.objects("spec", "rules"):
        for inner, backend in objects(entry, "backendRefs"):
            if (text(backend, "kind") or "Service") == "Service" and not text(backend, "group"):
                yield f"spec.rules[{position}].backendRefs[{inner}]", backend


def _stated(route: Custom) -> bool:
    """Whether a gateway says itself that it cannot resolve what the route names."""
    return any(
        text(condition, "type") == "ResolvedRefs" and text(condition, "status") == "False"
        for _, parent in route.objects("status", "parents")
        for _, condition in objects(parent, "conditions")
    )
