"""A run keeps which rules it was run with; a replay runs the same, or others and says so, or says that it cannot."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from own_rules.written import NO_OWNER, OWNERLESS, folder
from pydantic import JsonValue

from cluster_doctor import diagnose
from cluster_doctor.cli.main import run
from cluster_doctor.domain.errors import RunError, UsageError
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.node_name import NodeName
from cluster_doctor.domain.report import Report
from cluster_doctor.domain.rule_choice import RuleChoice
from cluster_doctor.history.history import History
from cluster_doctor.inference.diagnose import diagnose as diagnose_picture
from cluster_doctor.remediation.cluster.confirming import Patience, confirm
from cluster_doctor.remediation.foresight.forecast import forecast
from cluster_doctor.reports.as_json import render_json
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.workflow.exporting import export_run, opened_run
from cluster_doctor.workflow.replay import replay
from cluster_doctor.workflow.rule_sets import chosen_rules, no_own_rules
from cluster_doctor.workflow.runs import Runs
from cluster_doctor.workflow.state import Place
from cluster_doctor.workflow.variations import OtherRules

NAME = "deployment_has_no_owner"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return folder(tmp_path / "rules", deployment_has_no_owner=NO_OWNER)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLUSTER_DOCTOR_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def report(rules: Path, home: Path) -> Report:
    return diagnose(source=snapshot_of(OWNERLESS), rules=rules, home=home)


def _again(home: Path, run_id: str, rules: OtherRules | None = None) -> Report:
    with History(home) as history:
        return replay(history, Runs(history), run_id, rules=rules).report


def test_a_replay_in_another_process_runs_the_same_rules(report: Report, home: Path) -> None:
    assert [cause.rule for cause in report.root_causes] == [NAME]
    assert render_json(_again(home, report.run_id)) == render_json(report)


def test_a_person_gets_the_plan_of_the_own_rule(report: Report) -> None:
    assert report.remediation is not None
    (step,) = report.remediation.plans[0].steps
    assert step.instruction.startswith("Label it with `team`")


def test_rules_that_are_not_what_they_were_are_told_and_not_run(report: Report, rules: Path, home: Path) -> None:
    folder(rules, deployment_has_no_owner=NO_OWNER.replace("ERROR", "WARNING"), another="raise SystemExit")
    with pytest.raises(RunError, match=r"not what they were: new: another\.py; changed: deployment_has_no_owner\.py"):
        _again(home, report.run_id)
    for file in rules.iterdir():
        file.unlink()
    rules.rmdir()
    with pytest.raises(RunError, match="own rules cannot be read"):
        _again(home, report.run_id)
    with History(home) as history:
        assert len(history.log.runs(9)) == 1, "what cannot be replayed begins no run"


def test_rules_that_others_may_have_written_are_run_only_when_they_are_named(
    report: Report, rules: Path, home: Path
) -> None:
    (rules / f"{NAME}.py").chmod(0o666)
    with pytest.raises(RunError, match="others may have written"):
        _again(home, report.run_id)
    assert _again(home, report.run_id, OtherRules(str(rules))) == report


def test_the_same_files_elsewhere_are_the_same_rules(report: Report, home: Path, tmp_path: Path) -> None:
    moved = folder(tmp_path / "moved", deployment_has_no_owner=NO_OWNER)
    assert render_json(_again(home, report.run_id, OtherRules(str(moved)))) == render_json(report)


def test_other_rules_are_said_to_be_other_ones(report: Report, rules: Path, home: Path, tmp_path: Path) -> None:
    ours = _again(home, report.run_id, OtherRules(""))
    assert (ours.varied, ours.root_causes) == (("no own rules were used",), ())
    left_out = _again(home, report.run_id, OtherRules(None, (NAME,)))
    assert (left_out.varied, left_out.root_causes) == ((f"left out: {NAME}",), ())
    assert left_out.rules_unknown[NAME] == "left out on request"
    other = folder(tmp_path / "other", deployment_has_no_owner=NO_OWNER.replace("no label team", "no owner"))
    varied = _again(home, report.run_id, OtherRules(str(other)))
    digest = chosen_rules(other).choice.digest[:12]
    assert varied.varied == (f"the rules in other ({digest}) were used",)
    assert varied.root_causes[0].statement == "Deployment web carries no owner"
    assert _again(home, varied.run_id).varied == varied.varied
    back = _again(home, left_out.run_id, OtherRules(str(rules)))
    assert back.varied == (f"left out: {NAME}", f"not left out: {NAME}")
    assert back.root_causes == report.root_causes


def test_a_replay_that_runs_no_rules_takes_no_other_ones(report: Report, rules: Path, home: Path) -> None:
    with History(home) as history:
        runs = Runs(history)
        with pytest.raises(UsageError, match="runs no rules"):
            replay(history, runs, report.run_id, begin=NodeName.TRIAGE, rules=OtherRules(""))
        (rules / f"{NAME}.py").unlink()
        assert replay(history, runs, report.run_id, begin=NodeName.TRIAGE).report == report


def test_a_file_that_somebody_sent_has_no_code_run(report: Report, home: Path, tmp_path: Path) -> None:
    sent = tmp_path / "sent.cdrun"
    with History(home) as history:
        export_run(history, Runs(history), report.run_id, sent)
    with opened_run(sent) as (runs, run_id):
        assert runs.case(run_id).rules.folder == ""
        assert list(runs.case(run_id).rules.files) == [f"{NAME}.py"]
        with pytest.raises(RunError, match="on the machine where it was made"):
            replay(runs.history, runs, run_id)
        assert replay(runs.history, runs, run_id, rules=OtherRules("")).report.root_causes == ()


def test_a_case_from_elsewhere_has_no_code_run_by_its_name(rules: Path) -> None:
    choice = chosen_rules(rules).choice
    with pytest.raises(RunError, match="code is not run by its name alone"):
        no_own_rules(choice)
    assert no_own_rules(RuleChoice(without=("node_is_not_ready",))).named("node_is_not_ready") is None


def test_a_run_of_ours_says_nothing_of_rules(home: Path) -> None:
    with History(home) as history:
        runs = Runs(history)
        standing = runs.begin(Incident(), Place(snapshot=history.evidence.put_snapshot(snapshot_of(OWNERLESS))))
        assert "rules" not in history.log.steps(standing.report.run_id)[0].input


def test_a_change_that_does_not_help_by_an_own_rule_is_not_said_to(rules: Path) -> None:
    own, cluster = chosen_rules(rules), snapshot_of(OWNERLESS)
    (cause,) = diagnose_picture(cluster, Incident(), rules=own).root_causes
    view = cluster.find(cause.subject)
    assert view is not None
    metadata = {"name": "web", "namespace": "shop", "labels": {"app": "web", "team": "shop"}}
    labelled: dict[str, object] = {**view.raw, "metadata": metadata}
    assert "would not help" in forecast(cluster, cause, {cause.subject: view.raw}, own).problem
    assert not forecast(cluster, cause, {cause.subject: cast("dict[str, JsonValue]", labelled)}, own).problem
    at_once = Patience(within=Patience().within * 0, lasting=Patience().lasting * 0, every=Patience().every * 0)
    still = confirm(lambda: cluster, [cause.fingerprint], [], at_once, cluster, own)
    assert (still.healed, still.note) == (False, "still so: Deployment web carries no label team")


def test_the_command_line_takes_them_everywhere(
    rules: Path, tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    objects = tmp_path / "objects.yaml"
    deployment, pod = OWNERLESS.split("---")
    objects.write_text(f"apiVersion: apps/v1{deployment}---\napiVersion: v1{pod}")
    named = ["--rules", str(rules)]
    assert run(["rules", "check", str(rules)]) == 0
    assert capsys.readouterr().out == f"ok  {NAME}  [ERROR]  {NAME}.py\n"
    assert run(["rules", *named]) == 0
    assert f"  {NAME}  [ERROR]" in capsys.readouterr().out
    assert run(["explain", NAME, *named]) == 0
    assert "At night nobody knows whom to call." in capsys.readouterr().out
    assert run(["explain", NAME]) == 2
    assert run(["scan", "--from", str(objects), *named, "-o", "sarif"]) == 1
    assert "At night nobody knows whom to call." in capsys.readouterr().out
    assert run(["diagnose", "--from", str(objects), *named, "--home", str(home)]) == 0
    told = capsys.readouterr()
    assert "Deployment web carries no label team" in told.out
    run_id = told.err.split("run ")[1].split()[0]
    assert run(["runs", "replay", run_id, "--with", f"rules=-{NAME}"]) == 0
    told = capsys.readouterr()
    assert f"left out: {NAME}" in told.out
    assert "- cause:" in told.err
    for wrong in ("colour=x", "rules", "rules=", "rules=a,b", "rules=a,,b"):
        assert run(["runs", "replay", run_id, "--with", wrong]) == 2
        assert "--with rules" in capsys.readouterr().err


def test_a_rule_that_breaks_its_promise_fails_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    silent = folder(tmp_path / "silent", deployment_has_no_owner=NO_OWNER.replace('"team" not in', '"app" not in'))
    assert run(["rules", "check", str(silent)]) == 1
    told = capsys.readouterr()
    assert told.out == f'BROKEN  {NAME}  [ERROR]  {NAME}.py\n    on "Fires on" it says CLEAR\n'
    assert told.err == "1 of 1 rules do not keep what they promise.\n"
    assert run(["rules", "check", str(folder(tmp_path / "odd", odd="def ("))]) == 2
    assert "odd.py:1: SyntaxError" in capsys.readouterr().err
