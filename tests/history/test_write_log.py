"""The write-ahead record of writes."""

from __future__ import annotations

import multiprocessing
import os
import signal
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection

import pytest

from cluster_doctor.domain.errors import RunError
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.history.history import History
from cluster_doctor.history.verifying import verify
from cluster_doctor.history.write_log import WriteKind, WriteState

PROCESSES = multiprocessing.get_context("forkserver")
STEPS = 20
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


def test_a_write_without_a_cluster_or_a_word_is_not_intended(home: str) -> None:
    with History(home) as history:
        history.log.begin("r", "", "")
        for cluster, approver in (("", "ada"), ("uid", "")):
            with pytest.raises(RunError, match="names no"):
                history.writes.intend("r", "1", WriteKind.APPLY, WEB, "d", None, cluster=cluster, approver=approver)
        assert history.writes.of_run("r") == ()


def _intend_and_die(home: str) -> None:
    with History(home) as history:
        _intended(history)
        os.kill(os.getpid(), signal.SIGKILL)


def test_an_intent_outlives_the_process_that_had_it(home: str) -> None:
    with History(home) as history:
        history.log.begin("r", "", "")
    victim = PROCESSES.Process(target=_intend_and_die, args=(home,))
    victim.start()
    victim.join(timeout=60)
    assert victim.exitcode == -signal.SIGKILL
    with History(home) as history:
        (record,) = history.writes.of_run("r")
        assert record.state is WriteState.INTENDED
        with pytest.raises(RunError, match=f"before: write {record.number}"):
            _intended(history)
        assert verify(history.store).faults == ()


def _intend_all(home: str, won: Connection) -> None:
    with History(home) as history:
        mine = []
        for step in range(STEPS):
            with suppress(RunError):
                mine.append(_intended(history, digest=str(step)))
        won.send(mine)


def test_of_two_processes_that_intend_the_same_write_one_may_send_it(home: str) -> None:
    with History(home) as history:
        history.log.begin("r", "", "")
    pipes = [PROCESSES.Pipe() for _ in range(2)]
    workers = [PROCESSES.Process(target=_intend_all, args=(home, theirs)) for _, theirs in pipes]
    for worker in workers:
        worker.start()
    for ours, _ in pipes:
        assert ours.poll(60)
    numbers = [number for ours, _ in pipes for number in ours.recv()]
    for worker in workers:
        worker.join(timeout=60)
    with History(home) as history:
        assert sorted(numbers) == [record.number for record in history.writes.of_run("r")]
        assert len({record.digest for record in history.writes.of_run("r")}) == len(numbers) == STEPS
        assert verify(history.store).faults == ()
