"""Whether a value is the odd one out among objects of its kind that are well."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pydantic import JsonValue

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.paths import dig, steps
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import View

FEWEST = 3
"""Peers that have to agree; two may do so by chance."""


def is_odd(cluster: ClusterSnapshot, wrong: Evidence, ill: Collection[ObjectRef]) -> bool:
    """Tell whether all peers that have such a field agree on another value.

    Members of a list are found again by their name: the variable DB_HOST of a container stands anywhere.

    Args:
        cluster: the picture.
        wrong: a field of an object and its value.
        ill: objects that are not well, which are no measure.
    """
    own = cluster.find(wrong.subject)
    if own is None:
        return False
    way = tuple(_named(own.raw, wrong.path))
    values = [value for peer in _peers(cluster, own, ill) if (value := _at(peer.raw, way)) is not None]
    return len(values) >= FEWEST and all(value == values[0] for value in values) and values[0] != wrong.value


def _peers(cluster: ClusterSnapshot, own: View, ill: Collection[ObjectRef]) -> Iterator[View]:
    for view in cluster.within(type(own), own.namespace):
        if view.ref not in ill and view.ref != own.ref and cluster.workload_ref(view.ref) not in ill:
            yield view


def _named(raw: JsonValue, path: str) -> Iterator[str | tuple[str, JsonValue]]:
    """A path whose list positions are replaced by the name of what stands there; containers go without."""
    here = raw
    for step in steps(path):
        member = dig(here, step)
        if isinstance(step, str):
            yield step
        else:
            name = dig(member, "name")
            yield ("name", name) if name is not None else ("at", step)
        here = member


def _at(raw: JsonValue, way: tuple[str | tuple[str, JsonValue], ...]) -> JsonValue:
    here = raw
    for position, step in enumerate(way):
        if isinstance(step, str):
            here = dig(here, step)
        elif isinstance(here, list):
            here = _member(here, step, is_container=position > 0 and str(way[position - 1]).endswith("ontainers"))
        else:
            return None
    return here


def _member(members: list[JsonValue], step: tuple[str, JsonValue], *, is_container: bool) -> JsonValue:
    key, wanted = step
    if key == "at":
        return dig(members, int(str(wanted)))
    found = next((member for member in members if dig(member, "name") == wanted), None)
    return members[0] if found is None and is_container and members else found
