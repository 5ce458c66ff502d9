"""The write-ahead record of writes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cluster_doctor.domain.errors import RunError
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.history.history import History
from cluster_doctor.history.write_log import WriteKind, WriteState

WEB = ObjectRef(kind="Deployment", name="web", namespace="shop", api_version="apps/v1", uid="u-1")


def _intended(history: History, run_id: str = "r", kind: WriteKind = WriteKind.APPLY, digest: str = "d") -> int:
    return history.writes.intend(
        run_id, "1", kind, WEB, digest, {"spec": {"replicas": 3}}, cluster="uid", approver="ada", undo={"replicas": 2}
    )


def test_a_write_is_on_record_before_and_after(home: str) -> None:
    began = datetime.now(UTC)
    with History(home) as history:
        history.log.begin("r", "", "")
        number = _intended(history)
    with History(home) as history:
        (record,) = history.writes.of_run("r")
        assert (record.number, record.state, record.ended_at) == (number, WriteState.INTENDED, None)
        assert (record.target.uid, record.target, record.body) == ("u-1", WEB, {"spec": {"replicas": 3}})
        assert (record.cluster, record.approver, record.kind) == ("uid", "ada", WriteKind.APPLY)
        history.writes.settle(number, WriteState.DONE, "took", {"resource_version": "7"})
        (settled,) = history.writes.of_run("r")
        assert (settled.state, settled.note, settled.detail) == (WriteState.DONE, "took", {"resource_version": "7"})
        assert history.writes.since(began) == (settled,)
        assert history.writes.since(datetime.now(UTC) + timedelta(seconds=1)) == ()
        assert [entry.kind for entry in history.audit.of_run("r")] == ["write intent", "write outcome"]
        assert history.audit.of_run("r")[0].body.undo == {"replicas": 2}


def test_one_intent_exists_once(home: str) -> None:
    with History(home) as history:
        history.log.begin("r", "", "")
        history.log.begin("s", "", "")
        first = _intended(history)
        with pytest.raises(RunError, match=f"before: write {first}") as caught:
            _intended(history)
        assert "not sent again" in caught.value.next_step
        others = {
            _intended(history, kind=WriteKind.UNDO), _intended(history, digest="e"), _intended(history, run_id="s")
        }  # fmt: skip
        assert len(others | {first}) == 4
        assert len(history.audit.of_run("r")) == 3, "a refused intent leaves nothing"


def test_what_is_settled_stays_settled_and_what_was_unknown_may_be_learnt(home: str) -> None:
    with History(home) as history:
        history.log.begin("r", "", "")
        number = _intended(history)
        history.writes.settle(number, WriteState.UNKNOWN, "the connection broke")
        history.writes.settle(number, WriteState.DONE, "the object has the values")
        for state in WriteState:
            with pytest.raises(RunError):
                history.writes.settle(number, state, "again")
        with pytest.raises(RunError, match="there is no write 99"):
            history.writes.settle(99, WriteState.DONE)
        (record,) = history.writes.of_run("r")
        assert record.note == "the object has the values"


def test_a_write_of_a_run_that_is_not_on_record_is_not_intended(home: str) -> None:
    with History(home) as history:
        with pytest.raises(RunError, match="there is no run"):
            _intended(history, run_id="nobody")
        assert history.writes.since(datetime.min.replace(tzinfo=UTC)) == ()
