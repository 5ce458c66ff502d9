"""What is kept of runs."""

from __future__ import annotations

import hashlib
import socket
import sqlite3
import sys
import tarfile
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from cluster_doctor.domain.audit import AuditBody, AuditHead, AuditKind
from cluster_doctor.domain.errors import RunError, UsageError
from cluster_doctor.domain.incident import Claim, ClaimVerdict
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.history.entry import Wanted
from cluster_doctor.history.history import History
from cluster_doctor.history.home import open_home
from cluster_doctor.history.run_log import RunState, StepState
from cluster_doctor.history.verifying import verify
from cluster_doctor.rules.example import snapshot_of

CLAIM = Claim(text="a", asserts="b", verdict=ClaimVerdict.REFUTED, reason="c")


def test_the_directory_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    home = open_home(tmp_path / "a" / "state")
    assert home.stat().st_mode & 0o777 == 0o700


def test_an_existing_directory_keeps_its_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert open_home(tmp_path).stat().st_mode & 0o777 == 0o755


def test_the_variable_names_the_directory_unless_the_call_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTER_DOCTOR_HOME", str(tmp_path / "named"))
    assert open_home() == tmp_path / "named"
    assert open_home(tmp_path / "given") == tmp_path / "given"


def test_a_directory_that_cannot_be_made_is_an_error_with_a_next_step(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="could not make") as caught:
        open_home(tmp_path / "file" / "below")
    assert "--home" in caught.value.next_step


def test_equal_content_is_stored_once(home: str) -> None:
    first, second = snapshot_of("{kind: Pod, metadata: {name: a}}"), snapshot_of("{kind: Pod, metadata: {name: a}}")
    with History(home) as history:
        key = history.evidence.put_snapshot(first)
        assert key == history.evidence.put_snapshot(second)
        assert history.evidence.put((CLAIM,)) == history.evidence.put((CLAIM,))
    with History(home) as history:
        assert history.evidence.get(history.evidence.put((CLAIM,)), tuple[Claim, ...]) == (CLAIM,)
        assert hashlib.sha256(history.evidence.snapshot_path(key).read_bytes()).hexdigest() == key
        if history.store.on_server:
            with history.store.reading() as connection:
                assert connection.execute(text("SELECT count(*) FROM evidence")).scalar() == 2
        else:
            assert sum(path.is_file() for path in (history.home / "evidence").rglob("*")) == 2


def test_changed_lost_and_misnamed_evidence_is_an_error(home: str) -> None:
    with History(home) as history:
        store = history.evidence
        key = store.put(CLAIM)
        for change, said in (("content = content || '\\x20'", "was changed since"), ("hash = 'other'", "is gone")):
            if history.store.on_server:
                with history.store.writing() as connection:
                    connection.exec_driver_sql(f"UPDATE evidence SET {change}")
            elif said == "is gone":
                store.snapshot_path(key).unlink()
            else:
                path = store.snapshot_path(key)
                path.write_bytes(path.read_bytes() + b" ")
            with pytest.raises(RunError, match=said):
                store.get(key, Claim)
        for name in ("../../etc/passwd", "", "A" * 64):
            with pytest.raises(RunError, match="not the name of anything stored"):
                store.get(name, Claim)


def test_runs_are_listed_newest_first_and_found_by_the_beginning_of_their_id(home: str) -> None:
    with History(home) as history:
        log = history.log
        for name in ("20260101-a", "20260101-b", "20260102-c"):
            log.begin(name, "text", "origin")
        log.mark("20260101-a", RunState.FINISHED, "healthy")
        assert [run.run_id for run in log.runs()] == ["20260102-c", "20260101-b", "20260101-a"]
        assert log.run("20260101-a").state is RunState.FINISHED
        assert log.run("20260102").run_id == "20260102-c"
        for unknown, said in (
            ("nope", "there is no run"), ("20260101", "2 runs begin"), ("", "no run"), ("%", "no run"), ("_", "no run"),
        ):  # fmt: skip
            with pytest.raises(RunError, match=said):
                log.run(unknown)


def test_a_step_that_was_killed_stays_as_begun(home: str) -> None:
    with History(home) as history:
        log = history.log
        log.begin("r", "odd: \0 \ud800 \U0001f600", "")
        log.begin_step("r", "collect", {"a": 1})
        log.end_step(log.begin_step("r", "collect", {"a": 1}), StepState.DONE, {"b": [2]})
        first, second = log.steps("r")
        assert (first.state, first.ended_at, first.output) == (StepState.STARTED, None, {})
        assert (second.state, second.input, second.output) == (StepState.DONE, {"a": 1}, {"b": [2]})
        assert log.run("r").incident.endswith("\U0001f600")


def test_a_home_from_before_the_store_is_opened_as_it_is(tmp_path: Path) -> None:
    with tarfile.open(Path(__file__).parent / "homes" / "before-store.tar.xz") as packed:
        packed.extractall(tmp_path, filter="data")
    with History(tmp_path) as history:
        waiting, finished = history.log.runs()
        assert (waiting.state, finished.state) == (RunState.WAITING, RunState.FINISHED)
        assert [step.node for step in history.log.steps(waiting.run_id)][:2] == ["collect", "verify"]
        (past,) = history.incidents.search(Wanted(text="raised limit"), 10)
        assert past.run_id == finished.run_id
        assert past.judgement
        assert past.judgement.helped == "raised the limit"
        assert history.incidents.search(Wanted(subject=ObjectRef(kind="deployment", name="checkout")), 10) == [past]
        assert history.audit.head(finished.run_id) == AuditHead()
        assert verify(history.store).faults == (), "acts from before the record are no gap in it"
        history.audit.append(waiting.run_id, AuditKind.ESCALATION, AuditBody(who="ada", what="called somebody"))
        assert history.audit.head(waiting.run_id).sequence == 1
    with sqlite3.connect(tmp_path / "runs.sqlite") as other:
        other.execute(
            "INSERT INTO runs (run_id, began_at, state, incident, origin) VALUES ('o', '2026', 'failed', '', '')"
        )
    other.close()
    with History(tmp_path) as history:
        assert history.log.run("o").state is RunState.FAILED, "the version before can go on with the file"
        assert verify(history.store).faults == ()


def test_a_home_that_is_neither_a_directory_nor_a_database_is_refused(tmp_path: Path) -> None:
    for named in ("mysql://h/d", "postgresql:/h/d", "sqlite:///x.sqlite", "postgresql://h:port/d"):
        with pytest.raises(UsageError) as caught:
            History(named)
        assert "postgresql://USER@HOST/DATABASE" in caught.value.next_step
    assert not list(tmp_path.iterdir())


def test_a_server_that_does_not_answer_is_an_error_that_keeps_the_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"postgresql://ada:hunter2@127.0.0.1:{taken.getsockname()[1]}/runs"
        with pytest.raises(RunError, match=r"ada:\*\*\*@127.0.0.1.* cannot be used") as caught:
            History(address)
    assert "hunter2" not in str(caught.value)
    assert "Check that the database runs" in caught.value.next_step


def test_what_postgres_needs_is_named_where_it_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UsageError, match="not installed") as caught:
        History("postgresql://h/d")
    assert "pip install 'cluster-doctor[postgres]'" in caught.value.next_step


def test_a_log_that_is_no_database_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "runs.sqlite").write_bytes(b"nothing of the kind" * 100)
    with pytest.raises(RunError, match="the list of runs, cannot be used"):
        History(tmp_path)


def test_a_new_file_is_opened_though_somebody_writes_to_it_just_then(tmp_path: Path) -> None:
    writer = sqlite3.connect(tmp_path / "runs.sqlite", isolation_level=None, check_same_thread=False)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("CREATE TABLE somebody (x)")
    later = threading.Timer(0.3, lambda: writer.execute("COMMIT"))
    later.start()
    with History(tmp_path) as history:
        assert history.log.runs() == []
    later.join()
    writer.close()
