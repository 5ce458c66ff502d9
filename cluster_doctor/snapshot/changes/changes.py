"""All that changed, as far as a snapshot tells.

A snapshot is one moment; what changed before it is read off the traces that Kubernetes and delivery tools keep. Where
they keep the time alone, a change tells no values.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta

from cluster_doctor.domain.change import Change, ChangeList
from cluster_doctor.snapshot.changes.deliveries import deliveries
from cluster_doctor.snapshot.changes.jobs import job_starts
from cluster_doctor.snapshot.changes.nodes import node_changes
from cluster_doctor.snapshot.changes.rollouts import rollouts
from cluster_doctor.snapshot.changes.scalings import scalings
from cluster_doctor.snapshot.changes.writes import written
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

RECENTLY = timedelta(hours=24)
"""How far back "lately" reaches, where nobody says otherwise."""

SKEW = timedelta(minutes=1)
"""How far clocks of a cluster may differ: what is dated later than the picture by more has no known time."""

MOST_CHANGES = 500
"""Changes that a list tells, the newest."""

_READERS: tuple[Callable[[ClusterSnapshot], Iterator[Change]], ...] = (
    rollouts, written, scalings, node_changes, job_starts, deliveries,
)  # fmt: skip


def all_changes(cluster: ClusterSnapshot) -> tuple[Change, ...]:
    """List all changes that left a trace, the newest first, those whose time is not known last.

    Manifests that no cluster has seen have no history.
    """
    return cluster.remember("changes", lambda: () if cluster.is_unapplied else _read(cluster))


def _read(cluster: ClusterSnapshot) -> tuple[Change, ...]:
    found = [_dated(change, cluster.taken_at) for read in _READERS for change in read(cluster)]
    return tuple(sorted(found, key=_newest_first))


def _dated(change: Change, taken_at: datetime) -> Change:
    ahead = change.at is not None and change.at > taken_at + SKEW
    return change.model_copy(update={"at": None}) if ahead else change


def _newest_first(change: Change) -> tuple[object, ...]:
    return (change.at is None, -change.at.timestamp() if change.at else 0.0, change.subject, change.statement)


def changes_since(cluster: ClusterSnapshot, age: timedelta, namespaces: Collection[str] = ()) -> ChangeList:
    """List the changes in a scope of a span before the picture; what has no known time is listed too.

    Args:
        cluster: the picture.
        age: how far back to look.
        namespaces: where; everywhere if empty. What lives in no namespace concerns them all.
    """
    since = cluster.taken_at - age
    found = [
        change
        for change in all_changes(cluster)
        if (change.at is None or change.at >= since)
        and (not namespaces or change.subject.namespace is None or change.subject.namespace in namespaces)
    ]
    return ChangeList(
        source=cluster.source,
        taken_at=cluster.taken_at,
        since=since,
        changes=tuple(found[:MOST_CHANGES]),
        left_out=max(0, len(found) - MOST_CHANGES),
        gaps=cluster.coverage.gaps,
    )
