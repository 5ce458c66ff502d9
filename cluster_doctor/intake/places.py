"""Finds the namespace of objects that a report names without one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.intake.mentions import Mention
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import VIEWS


def resolved(named: Iterable[Mention], incident: Incident, cluster: ClusterSnapshot) -> tuple[Mention, ...]:
    """Give each named object its namespace: the one named beside it, the report's only one, or where it is found."""
    found = tuple(named)
    spaces = tuple(dict.fromkeys((*incident.namespaces, *(m.namespace for m in found if m.namespace))))
    return tuple(_placed(mention, spaces, cluster) for mention in found)


def _placed(mention: Mention, spaces: tuple[str, ...], cluster: ClusterSnapshot) -> Mention:
    ref = mention.ref
    known = BY_KIND.get(ref.kind) if ref else None
    if ref is None or known is None or not known.namespaced or ref.namespace:
        return mention
    view = VIEWS.get(ref.kind)
    bearers = [found.namespace for found in cluster.all(view) if found.name == ref.name] if view else []
    within = [space for space in bearers if space in spaces] or bearers
    place = within[0] if len(set(within)) == 1 else spaces[0] if len(spaces) == 1 else None
    if place is None:
        return mention
    placed = ObjectRef(kind=ref.kind, name=ref.name, namespace=place, api_version=ref.api_version)
    return replace(mention, ref=placed, namespace=place)
