"""Puts what was read into the picture, and what was not among its gaps."""

from __future__ import annotations

from cluster_doctor.domain.coverage import Gap
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.sources.live.discovery import ServedKind
from cluster_doctor.sources.live.listing import Listing
from cluster_doctor.sources.live.plan import is_custom
from cluster_doctor.sources.wire.failure import ReadFailure

_NOT_FOUND = 404


def take_listing(builder: SnapshotBuilder, listing: Listing) -> None:
    """Take the objects of a list. Only a list that was read to its end shows that something is absent."""
    request = listing.request
    for entry in listing.items:
        builder.put(entry)
    if listing.failure is not None:
        builder.gap(gap_for(request.served, listing.failure, request.namespace))
    elif request.covers:
        builder.cover(_known_as(request.served), request.namespace if request.served.namespaced else None)


def take_named(
    builder: SnapshotBuilder, served: ServedKind, namespace: str | None, name: str, answer: object | ReadFailure
) -> None:
    """Take one object that was asked for by name; 404 shows that it is absent."""
    if not isinstance(answer, ReadFailure):
        builder.add(answer)
        builder.cover(_known_as(served), namespace, name)
    elif answer.status == _NOT_FOUND:
        builder.cover(_known_as(served), namespace, name)
    else:
        builder.gap(gap_for(served, answer, namespace, name))


def gap_for(served: ServedKind, failure: ReadFailure, namespace: str | None = None, name: str | None = None) -> Gap:
    """Say what could not be read, and why."""
    return Gap(
        kind=_known_as(served),
        namespace=namespace if served.namespaced else None,
        name=name,
        reason=failure.reason,
        detail=failure.detail,
    )


def _known_as(served: ServedKind) -> str:
    """The name that a kind is covered under: an extension's that reuses a name of Kubernetes goes with its group."""
    return f"{served.kind}.{served.group}" if is_custom(served) and served.kind in BY_KIND else served.kind
