"""Let go of an object that a finalizer keeps, where nobody is left to do what the finalizer asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.by_the_rule import by_the_rule
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.wording import kubectl
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.tables import view_of
from cluster_doctor.snapshot.views import View

_KUBERNETES_OWN = frozenset({"foregroundDeletion", "orphan"})
"""Finalizers of the garbage collector, which clears them itself once dependants are gone."""

MOST = 20
"""Objects of one namespace at the most that are let go at once."""


@repairs(
    "custom_resource_does_not_terminate",
    "claim_does_not_terminate",
    "pod_does_not_terminate",
    beside=(StepType.REMOVE_FINALIZER,),
)
def release_object(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Leave the repair to a person, and offer to remove the finalizers beside that."""
    repair, held = by_the_rule(cause), cluster.find(cause.subject)
    way = _released(held) if held else None
    return repair.or_else(way) if repair and way else repair


@repairs("namespace_does_not_terminate", beside=(StepType.REMOVE_FINALIZER,))
def release_namespace(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Leave the repair to a person, and offer to release what in the namespace was seen to be held."""
    repair = by_the_rule(cause)
    held = (view_of(raw) for raw in cluster.objects)
    ways = list(_all_released(view for view in held if view.namespace == cause.subject.name))[:MOST]
    return repair.or_else(replace(ways[0], then=tuple(ways[1:]))) if repair and ways else repair


def _all_released(held: Iterator[View]) -> Iterator[Change]:
    for view in held:
        if way := _released(view):
            yield way


def _released(view: View) -> Change | None:
    """Remove the finalizers that are not Kubernetes' own: those clear themselves, or guard what is in use."""
    found = view.words("metadata", "finalizers")
    kept = [name for name in found if name in _KUBERNETES_OWN or name.startswith("kubernetes.io/")]
    gone = [name for name in found if name not in kept]
    if view.deleted_at is None or not gone:
        return None
    shown = ", ".join(gone)
    return Change(
        title=f"Remove finalizer {shown} from {view.ref}",
        target=view.ref,
        instruction=f"Take {shown} out of metadata.finalizers. What it guards outside of the cluster, such as a disk, "
        "a database or a record, stays behind, and nobody clears it away any more.",
        precondition=f"the controller that owns {shown} is gone for good, and somebody sees to what it leaves behind",
        type=StepType.REMOVE_FINALIZER,
        edits=(edit_of(view.raw, ("metadata", "finalizers"), [*kept] or None),),
        undo="Nothing brings the object back once it is gone.",
        check=f"{kubectl('get', view.ref)} finds nothing",
        risk=Risk.HIGH,
    )
