"""A run that asked a model replays to the byte with the model gone, and differs where it is told to."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from model_server.server import Actor, model_server

import cluster_doctor
from cluster_doctor import History, Report, Runs
from cluster_doctor.cli.main import run as run_command
from cluster_doctor.domain.diagnosis import Status
from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.model_use import ModelChoice
from cluster_doctor.domain.node_name import NodeName
from cluster_doctor.reports.as_json import render_json
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.workflow.exporting import export_run, opened_run
from cluster_doctor.workflow.replay import replay
from cluster_doctor.workflow.variations import OtherModel

from . import actors
from .incidents import NEVER_READY

TOLD = "deployment ledger is not ready"


def investigated(actor: Actor, home: Path) -> Report:
    with model_server(actor) as server:
        choice = ModelChoice(name="openai:scripted", url=server.url)
        return cluster_doctor.diagnose(
            "deployment ledger is not ready", source=snapshot_of(NEVER_READY), home=home, model=choice
        )


ENDS_IN = {
    actors.honest: Status.RESOLVED,
    actors.hallucinating: Status.UNRESOLVED,
    actors.misreading: Status.UNRESOLVED,
    actors.garbling: Status.UNRESOLVED,
}


@pytest.mark.parametrize("begin", [NodeName.COLLECT, NodeName.VERIFY, NodeName.DIAGNOSE, NodeName.TRIAGE])
@pytest.mark.parametrize("actor", ENDS_IN, ids=lambda actor: getattr(actor, "__name__", "honest"))
def test_it_replays_to_the_byte(actor: Actor, begin: NodeName, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("a replay asked the network")

    report = investigated(actor, tmp_path)
    assert report.status is ENDS_IN[actor]
    assert report.model
    assert report.model.usage.calls
    with monkeypatch.context() as cut, History(tmp_path) as history:
        cut.setattr(socket.socket, "connect", no_network)
        standing = replay(history, Runs(history), report.run_id, begin=begin)
        assert render_json(standing.report) == render_json(report)


def test_it_replays_from_a_file_on_another_machine(tmp_path: Path) -> None:
    report = investigated(actors.honest, tmp_path / "here")
    file = tmp_path / "run.cdrun"
    with History(tmp_path / "here") as history:
        export_run(history, Runs(history), report.run_id, file)
    with opened_run(file) as (runs, run_id):
        standing = replay(runs.history, runs, run_id)
        assert standing.report.model_dump_json(exclude={"source"}) == report.model_dump_json(exclude={"source"})


def test_it_is_replayed_without_a_model(tmp_path: Path) -> None:
    report = investigated(actors.honest, tmp_path)
    with History(tmp_path) as history:
        without = replay(history, Runs(history), report.run_id, model=OtherModel(nobody=True)).report
    assert report.status is Status.RESOLVED
    assert without.status is Status.UNRESOLVED
    assert without.varied == ("no model was asked",)
    assert without.model is None


def test_it_is_replayed_with_another_model_and_that_run_replays_too(tmp_path: Path) -> None:
    report = investigated(actors.lazy, tmp_path)
    assert report.status is Status.UNRESOLVED
    with model_server(actors.honest) as server:
        other = OtherModel(ModelChoice(name="openai:better", url=server.url))
        with History(tmp_path) as history:
            varied = replay(history, Runs(history), report.run_id, model=other).report
    assert varied.status is Status.RESOLVED
    assert varied.varied == ("openai:better was asked anew",)
    with History(tmp_path) as history:
        again = replay(history, Runs(history), varied.run_id).report
    assert again.root_causes == varied.root_causes
    assert again.model == varied.model


def test_other_prompts_are_told_and_hashed(tmp_path: Path) -> None:
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    (prompts / "diagnostician.md").write_text("# Diagnostician\n\nThink of the region first.\n", encoding="utf-8")
    report = investigated(actors.lazy, tmp_path / "home")
    with model_server(actors.honest) as server, History(tmp_path / "home") as history:
        other = OtherModel(ModelChoice(name="openai:scripted", url=server.url), prompts=str(prompts))
        varied = replay(history, Runs(history), report.run_id, model=other).report
        assert "Think of the region first." in str(server.asked[0]["messages"])
        assert "Evidence or silence" in str(server.asked[0]["messages"]), "the house rules stand"
    assert report.model
    assert varied.model
    assert varied.model.prompts != report.model.prompts
    assert "the prompts in prompts were used" in varied.varied


def test_a_run_that_asked_no_model_has_none_to_ask_anew(tmp_path: Path) -> None:
    report = cluster_doctor.diagnose("ledger", source=snapshot_of(NEVER_READY), home=tmp_path)
    with History(tmp_path) as history, pytest.raises(UsageError, match="asked no model"):
        replay(history, Runs(history), report.run_id, model=OtherModel(prompts=str(tmp_path)))


def test_the_command_line_says_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = investigated(actors.honest, tmp_path)
    home = ["--home", str(tmp_path)]
    assert run_command(["runs", "replay", report.run_id, *home]) == 0
    assert "Same result" in capsys.readouterr().err
    assert run_command(["runs", "replay", report.run_id, "--with", "model=none", *home]) == 0
    told = capsys.readouterr()
    assert "- cause: Deployment shop/ledger" in told.err
    assert run_command(["runs", "show", report.run_id, *home]) == 0
    assert "Model openai:scripted:" in capsys.readouterr().out
