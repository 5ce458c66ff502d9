"""Runs in one file: replayed and audited elsewhere, and distrusted."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from cluster_doctor.cli.main import run
from cluster_doctor.domain.errors import RunError, UnreadableInput
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.remediation import Approval, Decision
from cluster_doctor.evaluation.cases import evaluate
from cluster_doctor.history import exported
from cluster_doctor.history.history import History
from cluster_doctor.history.judging import judge
from cluster_doctor.reports.as_json import render_json
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.file import write_snapshot
from cluster_doctor.workflow.exporting import export_run, opened_run
from cluster_doctor.workflow.replay import replay
from cluster_doctor.workflow.runs import Runs, Waiting
from cluster_doctor.workflow.state import Place

from .incidents import SELECTS_NOTHING


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    monkeypatch.setenv("CLUSTER_DOCTOR_HOME", str(tmp_path / "elsewhere"))
    return History(tmp_path / "home-of-ada")


@pytest.fixture
def run_id(history: History, tmp_path: Path) -> str:
    recording = tmp_path / "secret-project" / "shop.cds"
    recording.parent.mkdir()
    write_snapshot(snapshot_of(SELECTS_NOTHING), recording)
    runs = Runs(history)
    standing = runs.begin(Incident(text="service web is down"), Place(path=str(recording)))
    assert isinstance(standing, Waiting)
    answer = Approval(decision=Decision.APPROVE, digest=standing.digest, approver="ada")
    return runs.answer(standing.report.run_id, standing.interrupt_id, answer).report.run_id


@pytest.fixture
def file(history: History, run_id: str, tmp_path: Path) -> Path:
    path = tmp_path / "sent.cdrun"
    export_run(history, Runs(history), run_id, path)
    return path


def _with(file: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(file) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    change(parts)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return file


def test_a_run_is_replayed_and_shown_from_its_file_as_where_it_was_made(
    history: History, run_id: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = Runs(history).report(run_id)
    with opened_run(file) as (runs, known):
        assert known == run_id
        there = runs.report(known)
        assert replay(runs.history, runs, known).report == there
    assert there.remediation is not None
    assert there.remediation.outcome is not None
    assert all("/" not in name for name in there.remediation.outcome.exported)
    assert there.model_copy(update={"remediation": None}) == here.model_copy(update={"remediation": None})
    assert run(["runs", "replay", str(file), "--output", "json"]) == 0
    assert capsys.readouterr().out == render_json(there)
    assert run(["runs", "list"]) == 0
    assert capsys.readouterr().out == "", "nothing of a file gets into the history"


def test_the_same_run_gives_the_same_file_and_nothing_of_this_machine(
    history: History, run_id: str, file: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again.cdrun"
    export_run(history, Runs(history), run_id, again)
    assert again.read_bytes() == file.read_bytes()
    with zipfile.ZipFile(file) as packed:
        document = packed.read("run.json")
    assert str(tmp_path).encode() not in document
    assert b"secret-project" not in document
    assert orjson.loads(document)["run"]["origin"] == "shop.cds"


def test_its_part_of_the_audit_record_is_verified(
    history: History, run_id: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = history.audit.head(run_id)
    assert run(["runs", "verify", str(file)]) == 0
    assert capsys.readouterr().out == f"Intact: the entries of run {run_id}. Head {head.sequence}:{head.hash}\n"
    assert run(["runs", "verify", str(file), "--head", f"{head.sequence}:{head.hash}"]) == 0
    assert run(["runs", "verify", str(file), "--head", f"{head.sequence}:{'0' * 64}"]) == 1
    capsys.readouterr()
    assert run(["runs", "audit", str(file), "-o", "jsonl"]) == 0
    kinds = [orjson.loads(line)["kind"] for line in capsys.readouterr().out.splitlines()]
    assert kinds == ["question", "approval"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b'\\"who\\":\\"ada\\"', b'\\"who\\":\\"bob\\"', "was changed"),
        (b'"kind": "approval"', b'"kind": "refusal"', "was changed"),
        (b'"sequence": 2', b'"sequence": 3', "was changed"),
    ],
)
def test_an_edited_record_is_found(
    file: Path, old: bytes, new: bytes, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def edit(parts: dict[str, bytes]) -> None:
        assert old in parts["run.json"]
        parts["run.json"] = parts["run.json"].replace(old, new)

    assert run(["runs", "verify", str(_with(file, edit))]) == 1
    assert said in capsys.readouterr().out


def test_a_record_whose_end_is_cut_off_is_found(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def cut(parts: dict[str, bytes]) -> None:
        document = orjson.loads(parts["run.json"])
        document["audit"] = document["audit"][:-1]
        parts["run.json"] = orjson.dumps(document)

    assert run(["runs", "verify", str(_with(file, cut))]) == 1
    assert "it ended with entry 2" in capsys.readouterr().out


def _add(name: str, content: bytes = b"x") -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.update({name: content})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_add("../../etc/cron.d/x"), "which no exported run has"),
        (_add("evidence/../../x"), "which no exported run has"),
        (_add("evidence/" + "0" * 64), "was changed since"),
        (_add("run.json", b"{}"), "run.run_id|run: Field required|is no exported run"),
        (_add("run.json", b"\xff"), "is no exported run"),
        (lambda parts: parts.pop("run.json"), "holds no run.json"),
        (lambda parts: parts.update({f"evidence/{number:064x}": b"" for number in range(80)}), "64 are read at most"),
    ],
)
def test_a_hostile_or_damaged_file_is_refused(
    file: Path, change: Callable[[dict[str, bytes]], None], said: str
) -> None:
    with pytest.raises((UnreadableInput, RunError), match=said), opened_run(_with(file, change)):
        pytest.fail("it was opened")


def test_a_bomb_is_not_unpacked(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exported, "MOST_BYTES", 1 << 20)
    bomb = _with(file, _add("run.json", b" " * (64 << 20)))
    assert bomb.stat().st_size < 1 << 20
    with pytest.raises(UnreadableInput, match="has more than 1 MiB"), opened_run(bomb):
        pytest.fail("it was opened")


def test_what_is_no_archive_or_cut_off_is_said_without_a_traceback(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = tmp_path / "cut.cdrun"
    cut.write_bytes(file.read_bytes()[:-200])
    for path in (cut, tmp_path / "nothing.cdrun"):
        assert run(["runs", "show", str(path)]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert "Traceback" not in said.err
        assert str(path) in said.err


def test_a_confirmed_run_is_a_case_of_an_evaluation(history: History, run_id: str, tmp_path: Path) -> None:
    folder = tmp_path / "postmortems"
    folder.mkdir()
    export_run(history, Runs(history), run_id, folder / "unjudged.cdrun")
    judge(history, run_id, helped="another selector", by="ada")
    export_run(history, Runs(history), run_id, folder / "web.cdrun")
    results = {result.case: result for result in evaluate(folder)}
    assert "nobody confirmed a cause" in results["unjudged.cdrun"].error
    right = results["web.cdrun"]
    assert right.expected is not None
    assert (right.expected.label, right.expected.object) == ("service_selects_no_pods", "app/web")
    assert right.hit(1)
