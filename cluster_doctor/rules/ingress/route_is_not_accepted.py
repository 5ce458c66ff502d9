"""A route or listener that the gateway does not take."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pydantic import JsonValue

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import objects, text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Custom, condition_message

_GROUP = "gateway.networking.k8s.io"
_GOOD = frozenset({"Accepted", "ResolvedRefs", "Programmed"})
_WAITING = frozenset({"Pending"})
PATIENCE = timedelta(minutes=2)
"""How long a gateway may take to program what it was given."""


@rule(Severity.ERROR, subject=Custom, directness=Directness.STATED)
def route_is_not_accepted(resource: Custom, cluster: ClusterSnapshot) -> Matches:
    """A gateway says that it does not accept a route, cannot resolve what the route names, or serves no listener.

    Why it matters:
        The object exists and looks right; the gateway's word about it stands deep in its status, by parent or
        listener.

    Fires on:
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: shop}
        spec: {parentRefs: [{name: edge}]}
        status:
          parents:
          - parentRef: {name: edge}
            conditions:
            - {type: Accepted, status: 'True'}
            - {type: ResolvedRefs, status: 'False', reason: BackendNotFound, message: service cart not found}

    Stays quiet on:
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: shop}
        status:
          parents:
          - parentRef: {name: edge}
            conditions:
            - {type: Accepted, status: 'True'}
            - {type: ResolvedRefs, status: 'True'}

    Remedy:
        Correct what the reason names: NotAllowedByListeners and NoMatchingListenerHostname speak of the Gateway,
        BackendNotFound and RefNotPermitted of the backends and of a missing ReferenceGrant.

    References:
        https://gateway-api.sigs.k8s.io/reference/spec/
    """
    if resource.ref.group != _GROUP or resource.deleted_at:
        return
    for path, owner, condition in _nested(resource):
        since = parse_time(condition.get("lastTransitionTime"))
        young = since is not None and cluster.taken_at - since < PATIENCE
        if text(condition, "status") != "False" or text(condition, "type") not in _GOOD:
            continue
        if text(condition, "reason") in _WAITING and young:
            continue
        yield Match(
            message=f"{resource.ref} is not served by {owner}: {text(condition, 'type')} is False, "
            f"{condition_message(condition)}",
            evidence=(resource.cite(path),),
            blame=resource.ref,
            effects=(Effect(EffectKind.ROUTE_BROKEN, resource.ref), Effect(EffectKind.NOT_RECONCILED, resource.ref)),
            since=since,
            about=owner,
            facts=(("reason", text(condition, "reason")),),
        )
        return


def _nested(resource: Custom) -> Iterator[tuple[str, str, dict[str, JsonValue]]]:
    """Conditions below parents and listeners, each with where it stands and whose word it is."""
    for field, whose in (("parents", "parentRef"), ("listeners", "name")):
        for position, entry in resource.objects("status", field):
            owner = f"Gateway {text(entry, whose, 'name')}" if field == "parents" else f"listener {text(entry, whose)}"
            for inner, condition in objects(entry, "conditions"):
                yield f"status.{field}[{position}].conditions[{inner}]", owner, condition
