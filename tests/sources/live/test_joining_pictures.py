"""A later look adds to a picture, and closes the gaps that it fills."""

from __future__ import annotations

from datetime import UTC, datetime

from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.merge import merge
from cluster_doctor.snapshot.records import ContainerLog
from cluster_doctor.snapshot.views import Pod, Service

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _picture(moment: datetime = NOON) -> SnapshotBuilder:
    builder = SnapshotBuilder("a test")
    builder.taken_at = moment
    return builder


def _pod(phase: str) -> dict[str, object]:
    return {"kind": "Pod", "metadata": {"name": "web-0", "namespace": "shop"}, "status": {"phase": phase}}


def test_the_later_look_at_an_object_counts_and_the_time_stays() -> None:
    older, newer = _picture(), _picture(NOON.replace(hour=13))
    older.add(_pod("Pending"))
    newer.add(_pod("Running"))
    joined = merge(older.build(), newer.build())
    assert [pod.phase for pod in joined.all(Pod)] == ["Running"]
    assert joined.taken_at == NOON


def test_a_gap_closes_when_what_it_lacked_was_read() -> None:
    older, newer = _picture(), _picture()
    for kind in ("Service", "Secret"):
        older.gap(Gap(kind=kind, namespace="shop", reason=GapReason.TIMED_OUT))
    newer.cover("Service", "shop")
    joined = merge(older.build(), newer.build())
    assert [gap.kind for gap in joined.coverage.gaps] == ["Secret"]
    assert joined.exists(Service, "shop", "absent") is False


def test_a_gap_of_the_later_look_does_not_undo_what_was_read_before() -> None:
    older, newer = _picture(), _picture()
    older.cover("Service", "shop")
    newer.gap(Gap(kind="Service", namespace="shop", reason=GapReason.FORBIDDEN))
    assert merge(older.build(), newer.build()).exists(Service, "shop", "absent") is False


def test_one_log_read_twice_is_there_once() -> None:
    older, newer = _picture(), _picture()
    log = ContainerLog(subject=Pod.ref_to("shop", "web-0"), container="web", lines=("ready",))
    older.add_log(log)
    newer.add_log(log)
    assert merge(older.build(), newer.build()).logs == (log,)


def test_identity_signals_are_put_together() -> None:
    older, newer = _picture(), _picture()
    older.identity = ClusterIdentity(server="https://a")
    newer.identity = ClusterIdentity(server="https://b", system_uid="7")
    assert merge(older.build(), newer.build()).identity == ClusterIdentity(server="https://a", system_uid="7")
