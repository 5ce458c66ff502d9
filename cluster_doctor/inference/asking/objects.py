"""Finds the object that somebody names, and says what could not be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.question import Named
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.kinds import BY_KIND, kind_named
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.tables import view_of
from cluster_doctor.snapshot.views import Pod, Service, View, Workload

MOST_NAMED = 5


@dataclass(frozen=True)
class Missing:
    """An object that is not there; `evidence` is None where nobody could look."""

    named: Named
    evidence: Evidence | None


Met: TypeAlias = View | Missing


def meet(named: Named, cluster: ClusterSnapshot, namespaces: tuple[str, ...] = ()) -> Met:
    """Find what is meant: of a bare name the workload, else the Service, else whatever bears it.

    Raises:
        UsageError: several objects are meant alike.
    """
    known = kind_named(named.kind) if named.kind else None
    kind = known.kind if known else named.kind
    places = (named.namespace,) if named.namespace else namespaces
    alike = [
        view
        for view in map(view_of, cluster.objects)
        if view.name == named.name
        and (not kind or view.ref.kind == kind)
        and view.ref.kind != "Event"
        and (not places or view.namespace is None or view.namespace in places)
    ]
    best = min(map(_rank, alike), default=0)
    found = {view.ref: view for view in alike if _rank(view) == best}
    if len(found) > 1:
        names = ", ".join(str(ref) for ref in sorted(found)[:MOST_NAMED])
        more = len(found) - MOST_NAMED
        raise UsageError(
            f"{named} may be {names}{f' and {more} more' if more > 0 else ''}", "Write KIND NAMESPACE/NAME, or -n."
        )
    if found:
        return next(iter(found.values()))
    return Missing(named, _absence(named, kind, places, cluster))


def _rank(view: View) -> int:
    if isinstance(view, Workload):
        return 0 if view.controller is None else 3
    return 1 if isinstance(view, (Service, Pod)) else 2


def _absence(named: Named, kind: str, places: tuple[str, ...], cluster: ClusterSnapshot) -> Evidence | None:
    """That there is no such object, where its kind was read."""
    known = BY_KIND.get(kind)
    if known is None:
        return None
    place = places[0] if len(places) == 1 and known.namespaced else None
    ref = ObjectRef(kind=kind, name=named.name, namespace=place, api_version=known.api_version)
    return cluster.cite_absence(ref) if cluster.covers(kind, place, named.name) else None
