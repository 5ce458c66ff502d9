"""The lock of a run, as a file and on a server."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from postgres_server.server import Server, binaries, running_server

from cluster_doctor.domain.errors import RunError
from cluster_doctor.history.history import History
from cluster_doctor.history.run_lock import run_lock

PROCESSES = multiprocessing.get_context("forkserver")


def _hold(home: str, run_id: str, said: Connection) -> None:
    with History(home) as history:
        try:
            with run_lock(history.locks, run_id):
                said.send("held")
                said.recv()
        except RunError as error:
            said.send(error.what)


def _holder(home: str, run_id: str) -> tuple[multiprocessing.process.BaseProcess, Connection, str]:
    ours, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=_hold, args=(home, run_id, theirs))
    process.start()
    assert ours.poll(60)
    return process, ours, ours.recv()


def test_a_second_process_cannot_work_on_a_run_but_on_another(home: str) -> None:
    with History(home) as history:
        with run_lock(history.locks, "r") as hold:
            hold()
            with (
                pytest.raises(RunError, match="another process works on run r") as caught,
                run_lock(history.locks, "r"),
            ):
                pass
            assert "runs show r" in caught.value.next_step
            for run_id, said in (("r", "another process works on run r"), ("s", "held")):
                process, ours, answer = _holder(home, run_id)
                assert answer == said
                if answer == "held":
                    ours.send("done")
                process.join(timeout=60)
        process, ours, answer = _holder(home, "r")
        assert answer == "held", "and it is free when it was given back"
        ours.send("done")
        process.join(timeout=60)


def test_a_killed_process_holds_nothing(home: str) -> None:
    process, _, answer = _holder(home, "r")
    assert answer == "held"
    assert process.pid
    os.kill(process.pid, signal.SIGKILL)
    process.join(timeout=60)
    with History(home) as history:
        until = time.monotonic() + 10
        while True:
            try:
                with run_lock(history.locks, "r"):
                    return
            except RunError:
                assert time.monotonic() < until, "the lock outlived its holder"
                time.sleep(0.05)


def test_a_lock_that_the_server_lost_is_noticed_before_the_next_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    programs = binaries()
    if programs is None:
        pytest.skip("no Postgres is installed")
    with running_server(programs) as server, History(server.new_database()) as history:
        with run_lock(history.locks, "r") as hold:
            hold()
            _restart(server)
            with pytest.raises(RunError, match="the hold on run r was lost") as caught:
                hold()
            assert "runs resume r" in caught.value.next_step
        with run_lock(history.locks, "r") as hold:
            hold()
        history.log.begin("r", "", "")
        server.stop()
        with pytest.raises(RunError, match="cannot be used") as caught:
            history.log.runs()
        assert "Check that the database runs" in caught.value.next_step
        server.start()
        assert [run.run_id for run in history.log.runs()] == ["r"], "it goes on when the server is back"


def _restart(server: Server) -> None:
    server.stop()
    server.start()
