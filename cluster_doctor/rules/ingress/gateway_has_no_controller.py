"""A Gateway that nobody takes care of."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom

PATIENCE = timedelta(minutes=2)
"""How long a controller may take to look at a Gateway that is new."""
_GROUP = "gateway.networking.k8s.io"
_UNSEEN = frozenset({"Pending", "NotReconciled"})
"""Reasons that the API itself writes until a controller has looked."""


@rule(Severity.ERROR, subject=Custom, directness=Directness.STATED)
def gateway_has_no_controller(gateway: Custom, cluster: ClusterSnapshot) -> Matches:
    """No controller takes the Gateway: its class does not exist, or nobody serves the class.

    Why it matters:
        The Gateway has no address, and none of the routes that name it is served.

    Fires on:
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: edge, creationTimestamp: '2026-01-01T10:00:00Z'}
        spec: {gatewayClassName: nginx}
        status:
          conditions:
          - {type: Accepted, status: Unknown, reason: Pending, message: Waiting for controller}

    Stays quiet on:
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: edge, creationTimestamp: '2026-01-01T10:00:00Z'}
        spec: {gatewayClassName: nginx}
        status:
          conditions:
          - {type: Accepted, status: 'True', reason: Accepted}

    Remedy:
        Name a GatewayClass that exists, or install the controller that its `controllerName` stands for.

    References:
        https://gateway-api.sigs.k8s.io/reference/spec/#gatewayclass
    """
    if (gateway.ref.group, gateway.ref.kind) != (_GROUP, "Gateway") or gateway.deleted_at:
        return
    named = gateway.text("spec", "gatewayClassName")
    accepted = gateway.condition("Accepted")
    young = gateway.created_at is not None and cluster.taken_at - gateway.created_at < PATIENCE
    missing = ObjectRef(kind="GatewayClass", name=named, api_version=f"{_GROUP}/v1")
    absent = bool(named) and cluster.find(missing) is None and cluster.covers("GatewayClass")
    unseen = text(accepted, "status") == "Unknown" and text(accepted, "reason") in _UNSEEN and not young
    if text(accepted, "status") == "True" or not (absent or unseen):
        return
    evidence = [gateway.cite("spec.gatewayClassName")]
    evidence += [cluster.cite_absence(missing)] if absent else []
    evidence += [gateway.cite(f"{gateway.condition_path('Accepted')}.reason")] if unseen else []
    yield Match(
        message=f"Gateway {gateway.name} names class {named!r}, "
        + ("which does not exist" if absent else "and no controller has looked at it"),
        evidence=tuple(evidence),
        blame=gateway.ref,
        effects=(Effect(EffectKind.ROUTE_BROKEN, gateway.ref), Effect(EffectKind.NOT_RECONCILED, gateway.ref)),
        facts=(("class", named),),
    )
