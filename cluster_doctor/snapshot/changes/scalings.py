"""How many Pods there shall be: what autoscalers decided and what somebody set."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.change import Change, ChangeKind
from cluster_doctor.snapshot.changes.writes import SAME_WRITE, writes_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Autoscaler, Deployment, ReplicationController, StatefulSet, View

SCALED = (Deployment, StatefulSet, ReplicationController)
"""Workloads that have replicas to set."""

_RESCALED = "SuccessfulRescale"
_SCALE = "scale"
_LAST = ("status", "lastScaleTime")


def scaled(workload: View, _: ClusterSnapshot) -> Iterator[Change]:
    """When somebody set how many Pods a workload shall have."""
    if not isinstance(workload, SCALED):
        return
    made = workload.created_at
    for write in writes_of(workload):
        if write.subresource == _SCALE and not (made and write.at - made <= SAME_WRITE):
            yield Change(
                kind=ChangeKind.SCALING,
                subject=workload.ref,
                statement=f"replicas were set by {write.manager}; they are {workload.wanted}",
                at=write.at,
                by=write.manager,
                evidence=(workload.cite(write.path), workload.cite("spec.replicas")),
            )


def autoscaled(scaler: View, cluster: ClusterSnapshot) -> Iterator[Change]:
    """When an autoscaler scaled its target: Events tell the sizes for an hour, the status keeps the last time."""
    if not isinstance(scaler, Autoscaler):
        return
    events = cluster.events_about(scaler.ref, _RESCALED)
    for event in events:
        yield Change(
            kind=ChangeKind.SCALING,
            subject=scaler.target,
            statement=f"autoscaler {scaler.name} scaled it: {event.message}",
            at=event.last_seen,
            by=str(scaler.ref),
            evidence=(event.cite_message(),),
        )
    last = parse_time(scaler.text(*_LAST))
    if last is not None and not events:
        yield Change(
            kind=ChangeKind.SCALING,
            subject=scaler.target,
            statement=f"autoscaler {scaler.name} scaled it; it wants {scaler.integer('status', 'desiredReplicas')}",
            at=last,
            by=str(scaler.ref),
            evidence=(scaler.cite(".".join(_LAST)),),
        )
