"""What is kept of runs."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from cluster_doctor.domain.errors import RunError, UsageError
from cluster_doctor.domain.incident import Claim, ClaimVerdict
from cluster_doctor.history.evidence_store import EvidenceStore
from cluster_doctor.history.history import History
from cluster_doctor.history.home import open_home
from cluster_doctor.history.run_lock import run_lock
from cluster_doctor.history.run_log import RunLog, RunState, StepState
from cluster_doctor.history.store import Store
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


def test_equal_content_is_stored_once(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    first, second = snapshot_of("{kind: Pod, metadata: {name: a}}"), snapshot_of("{kind: Pod, metadata: {name: a}}")
    assert store.put_snapshot(first) == store.put_snapshot(second)
    assert store.put((CLAIM,)) == store.put((CLAIM,))
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == 2
    assert EvidenceStore(tmp_path).get(store.put((CLAIM,)), tuple[Claim, ...]) == (CLAIM,)


def test_changed_lost_and_misnamed_evidence_is_an_error(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    key = store.put(CLAIM)
    path = tmp_path / key[:2] / key
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(RunError, match="was changed since"):
        store.get(key, Claim)
    path.unlink()
    with pytest.raises(RunError, match="is gone"):
        store.get(key, Claim)
    for name in ("../../etc/passwd", "", "A" * 64):
        with pytest.raises(RunError, match="not the name of anything stored"):
            store.get(name, Claim)


def test_runs_are_listed_newest_first_and_found_by_the_beginning_of_their_id(tmp_path: Path) -> None:
    store = Store(tmp_path / "runs.sqlite", "the list of runs", "Move it away.")
    log = RunLog(store)
    for name in ("20260101-a", "20260101-b", "20260102-c"):
        log.begin(name, "text", "origin")
    log.mark("20260101-a", RunState.FINISHED, "healthy")
    assert [run.run_id for run in log.runs()] == ["20260102-c", "20260101-b", "20260101-a"]
    assert log.run("20260101-a").state is RunState.FINISHED
    assert log.run("20260102").run_id == "20260102-c"
    for unknown, said in (("nope", "there is no run"), ("20260101", "2 runs begin"), ("", "no run"), ("%", "no run")):
        with pytest.raises(RunError, match=said):
            log.run(unknown)
    store.close()


def test_a_step_that_was_killed_stays_as_begun(tmp_path: Path) -> None:
    store = Store(tmp_path / "runs.sqlite", "the list of runs", "Move it away.")
    log = RunLog(store)
    log.begin("r", "", "")
    log.begin_step("r", "collect", {"a": 1})
    log.end_step(log.begin_step("r", "collect", {"a": 1}), StepState.DONE, {"b": [2]})
    first, second = log.steps("r")
    assert (first.state, first.ended_at, first.output) == (StepState.STARTED, None, {})
    assert (second.state, second.input, second.output) == (StepState.DONE, {"a": 1}, {"b": [2]})
    store.close()


def test_a_log_that_is_no_database_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "runs.sqlite").write_bytes(b"nothing of the kind" * 100)
    with pytest.raises(RunError, match="the list of runs, cannot be used"):
        History(tmp_path)


def _try_lock(folder: Path, answers: multiprocessing.Queue[str]) -> None:
    try:
        with run_lock(folder, "r"):
            answers.put("held")
    except RunError as error:
        answers.put(error.what)


def test_a_second_process_cannot_work_on_a_run(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    answers: multiprocessing.Queue[str] = context.Queue()
    with run_lock(tmp_path, "r"):
        with pytest.raises(RunError), run_lock(tmp_path, "r"):
            pass
        other = context.Process(target=_try_lock, args=(tmp_path, answers))
        other.start()
        assert answers.get(timeout=60) == "another process works on run r"
        other.join()
    with run_lock(tmp_path, "r"):
        pass
    answers.close()
