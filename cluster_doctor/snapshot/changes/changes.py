"""All that changed, as far as a snapshot tells.

A snapshot is one moment; what changed before it is read off the traces that Kubernetes and delivery tools keep. Where
they keep the time alone, a change tells no values.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeAlias

from cluster_doctor.domain.change import Change, ChangeList
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.changes.deliveries import deliveries
from cluster_doctor.snapshot.changes.jobs import job_start, last_run
from cluster_doctor.snapshot.changes.nodes import node_changes
from cluster_doctor.snapshot.changes.rollouts import REVISED, rollouts
from cluster_doctor.snapshot.changes.scalings import SCALED, autoscaled, scaled
from cluster_doctor.snapshot.changes.writes import WRITTEN, written
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Autoscaler, CronJob, Custom, Job, Node, Secret, View

RECENTLY = timedelta(hours=24)
"""How far back "lately" reaches, where nobody says otherwise."""

SKEW = timedelta(minutes=1)
"""How far clocks of a cluster may differ: what is dated later than the picture by more has no known time."""

MOST_CHANGES = 500
"""Changes that a list tells, the newest."""

Reader: TypeAlias = Callable[[View, ClusterSnapshot], Iterator[Change]]

_READERS: tuple[tuple[tuple[type[View], ...], Reader], ...] = (
    (REVISED, rollouts),
    (SCALED, scaled),
    ((Autoscaler,), autoscaled),
    (tuple(WRITTEN), written),
    ((Node,), node_changes),
    ((Job,), job_start),
    ((CronJob,), last_run),
    ((Custom, Secret), deliveries),
)
"""Who reads what changed off which kinds of objects."""


def all_changes(cluster: ClusterSnapshot) -> tuple[Change, ...]:
    """List all changes that left a trace, the newest first, those whose time is not known last.

    Manifests that no cluster has seen have no history.
    """

    def read() -> tuple[Change, ...]:
        views = (view for kinds, _ in _READERS for kind in kinds for view in cluster.all(kind))
        distinct = {id(view): view for view in views}.values()
        return _in_order(cluster, (change for view in distinct for change in _read(view, cluster)))

    return cluster.remember("changes", read)


def changes_of(cluster: ClusterSnapshot, ref: ObjectRef) -> tuple[Change, ...]:
    """List the changes of one object, likewise, at the price of that one."""

    def read() -> tuple[Change, ...]:
        own = cluster.find(ref)
        scalers = [scaler for scaler in cluster.within(Autoscaler, ref.namespace) if scaler.target == ref]
        views = [view for view in (own, *scalers) if view is not None]
        found = (change for view in views for change in _read(view, cluster))
        return _in_order(cluster, (change for change in found if change.subject == ref))

    return cluster.remember(("changes of", ref), read)


def _read(view: View, cluster: ClusterSnapshot) -> Iterator[Change]:
    for kinds, reader in _READERS:
        if type(view) in kinds:
            yield from reader(view, cluster)


def _in_order(cluster: ClusterSnapshot, changes: Iterable[Change]) -> tuple[Change, ...]:
    if cluster.is_unapplied:
        return ()
    return tuple(sorted((_dated(change, cluster.taken_at) for change in changes), key=_newest_first))


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
