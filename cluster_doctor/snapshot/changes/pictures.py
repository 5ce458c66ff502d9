"""Which objects somebody changed between two pictures.

What controllers make of them (Pods, ReplicaSets, endpoints, statuses) differs all the time, and follows from these.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from cluster_doctor.domain.change import FieldChange
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.changes.difference import differences
from cluster_doctor.snapshot.paths import mapping
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.tables import view_of
from cluster_doctor.snapshot.views import View

_KEPT_BY_THE_SERVER = frozenset({"resourceVersion", "managedFields", "generation", "selfLink"})
_MADE_BY_PROGRAMS = frozenset({"Event", "Lease", "Endpoints", "EndpointSlice"})


@dataclass(frozen=True)
class ObjectDifference:
    """One object: new if it is in the later picture only, gone if in the earlier one only, else its fields."""

    ref: ObjectRef
    is_new: bool = False
    is_gone: bool = False
    fields: tuple[FieldChange, ...] = ()


def object_differences(before: ClusterSnapshot, after: ClusterSnapshot) -> Iterator[ObjectDifference]:
    """List the objects that differ, in order of their names.

    An object that only one of them holds counts as new or gone where the other one has read its kind; what was not
    read differs in coverage, and tells nothing of the cluster.
    """
    old, new = _objects(before), _objects(after)
    for ref in sorted({*old, *new}):
        was, now = old.get(ref), new.get(ref)
        if was is not None and now is not None:
            if was is not now and (fields := differences(_own(was), _own(now))):
                yield ObjectDifference(ref, fields=fields)
        elif now is not None and before.coverage.covers(ref.kind, ref.namespace, ref.name):
            yield ObjectDifference(ref, is_new=True)
        elif was is not None and after.coverage.covers(ref.kind, ref.namespace, ref.name):
            yield ObjectDifference(ref, is_gone=True)


def _objects(cluster: ClusterSnapshot) -> dict[ObjectRef, dict[str, JsonValue]]:
    return {view.ref: view.raw for view in map(view_of, cluster.objects) if _is_somebodys(view)}


def _is_somebodys(view: View) -> bool:
    return view.ref.kind not in _MADE_BY_PROGRAMS and view.controller is None


def _own(raw: dict[str, JsonValue]) -> dict[str, JsonValue]:
    metadata = {key: value for key, value in mapping(raw, "metadata").items() if key not in _KEPT_BY_THE_SERVER}
    return {key: value for key, value in raw.items() if key != "status"} | {"metadata": metadata}
