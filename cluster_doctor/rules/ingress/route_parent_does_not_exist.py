"""A Gateway API route that hangs on a Gateway that is not there."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom

_GROUP = "gateway.networking.k8s.io"


@rule(Severity.ERROR, subject=Custom, directness=Directness.COMPARED)
def route_parent_does_not_exist(route: Custom, cluster: ClusterSnapshot) -> Matches:
    """The route names a Gateway that does not exist where it is looked for.

    Why it matters:
        Nobody serves the route, and nobody says so: only a Gateway's controller writes into its status.

    Fires on:
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: shop}
        spec: {parentRefs: [{name: egde}]}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: edge}
        status: {conditions: [{type: Accepted, status: 'True'}]}

    Stays quiet on:
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: shop}
        spec: {parentRefs: [{name: edge}]}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: edge}
        status: {conditions: [{type: Accepted, status: 'True'}]}

    Remedy:
        Correct the name, or add the `namespace` in which the Gateway is, in `spec.parentRefs`.

    References:
        https://gateway-api.sigs.k8s.io/reference/spec/#parentreference
    """
    if route.ref.group != _GROUP or not route.ref.kind.endswith("Route") or route.deleted_at:
        return
    for position, parent in route.objects("spec", "parentRefs"):
        kind, group = text(parent, "kind") or "Gateway", text(parent, "group") or _GROUP
        if (kind, group) != ("Gateway", _GROUP):
            continue
        namespace, name = text(parent, "namespace") or route.namespace, text(parent, "name")
        gateway = ObjectRef(kind="Gateway", name=name, namespace=namespace, api_version=f"{_GROUP}/v1")
        if cluster.find(gateway) is not None or not _looked_for(gateway, cluster):
            continue
        yield Match(
            message=f"{route.ref} names Gateway {gateway.path}, which does not exist",
            evidence=(route.cite(f"spec.parentRefs[{position}]"), cluster.cite_absence(gateway)),
            blame=route.ref,
            effects=(Effect(EffectKind.ROUTE_BROKEN, route.ref),),
            about=name,
            facts=(("gateway", name),),
        )


def _looked_for(gateway: ObjectRef, cluster: ClusterSnapshot) -> bool:
    """Whether all Gateways were read; meshes have a kind of that name too, so a gap of either counts."""
    return cluster.covers("Gateway", gateway.namespace) and not cluster.coverage.gaps_of("Gateway")
