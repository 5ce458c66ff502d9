"""Replays of runs on record: the same to the byte, from any node on, and with something supposed."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from fault_classes.cases import all_cases

from cluster_doctor.domain.errors import RunError, UnreadableInput, UsageError
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.node_name import NodeName
from cluster_doctor.domain.remediation import Approval, Decision
from cluster_doctor.domain.report import Report
from cluster_doctor.history.entry import Wanted
from cluster_doctor.history.history import History
from cluster_doctor.reports.as_json import render_json
from cluster_doctor.reports.difference import difference_lines
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.workflow.comparing import compare
from cluster_doctor.workflow.replay import replay
from cluster_doctor.workflow.runs import Finished, Runs, Standing, Waiting
from cluster_doctor.workflow.state import Place
from cluster_doctor.workflow.variations import WhatIf

from .incidents import SELECTS_NOTHING

REPAIRED = """
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: website}, ports: [{port: 80}]}
"""


def _begun(runs: Runs, objects: str) -> Standing:
    return runs.begin(Incident(), Place(snapshot=runs.history.evidence.put_snapshot(snapshot_of(objects))))


def _finished(runs: Runs, objects: str, decision: Decision = Decision.DECLINE) -> Report:
    standing = _begun(runs, objects)
    if isinstance(standing, Waiting):
        answer = Approval(decision=decision, digest=standing.digest, approver="ada")
        standing = runs.answer(standing.report.run_id, standing.interrupt_id, answer)
    assert isinstance(standing, Finished)
    return standing.report


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(History(tmp_path / "home"))


def test_fifty_runs_give_the_same_bytes_again_without_a_network(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [_finished(runs, case.objects) for case in [case for case in all_cases() if case.rule][:50]]
    assert len(before) == 50

    def no_network(*_: object, **__: object) -> None:
        pytest.fail("a replay opened a connection")

    monkeypatch.setattr(socket, "socket", no_network)
    for report in before:
        again = replay(runs.history, runs, report.run_id)
        assert isinstance(again, Finished)
        assert render_json(again.report) == render_json(report)


@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize("begin", NodeName)
def test_from_any_node_on_the_report_is_the_same(runs: Runs, begin: NodeName, decision: Decision) -> None:
    report = _finished(runs, SELECTS_NOTHING, decision)
    again = replay(runs.history, runs, report.run_id, begin=begin)
    assert isinstance(again, Finished)
    assert render_json(again.report) == render_json(report)
    nodes = [step.node for step in runs.history.log.steps(runs.current)]
    assert nodes == [node.value for node in list(NodeName)[list(NodeName).index(begin) : -1]] + ["plan"]
    assert compare((runs, report.run_id), (runs, runs.current)).differences == ()


def test_a_run_that_waits_is_replayed_without_a_question_and_goes_on_waiting(runs: Runs) -> None:
    waiting = _begun(runs, SELECTS_NOTHING)
    assert isinstance(waiting, Waiting)
    again = replay(runs.history, runs, waiting.report.run_id)
    assert isinstance(again, Finished)
    assert render_json(again.report) == render_json(waiting.report)
    assert runs.waiting(waiting.report.run_id).digest == waiting.digest


def test_a_replay_is_no_incident_and_a_replay_of_it_is_one_of_the_first_run(runs: Runs) -> None:
    report = _finished(runs, SELECTS_NOTHING)
    replay(runs.history, runs, report.run_id)
    second = replay(runs.history, runs, runs.current)
    assert second.report == report
    assert len(runs.history.incidents.search(Wanted(), 10)) == 1


def test_with_its_plan_carried_out_nothing_is_wrong(runs: Runs) -> None:
    report = _finished(runs, SELECTS_NOTHING)
    supposed = replay(runs.history, runs, report.run_id, what_if=WhatIf(plan=True)).report
    assert (supposed.status.value, supposed.root_causes) == ("healthy", ())
    assert supposed.varied == ("its plans were carried out, and what they change rolled out and runs well",)
    assert supposed.run_id == runs.current != report.run_id
    said = list(difference_lines(compare((runs, report.run_id), (runs, runs.current))))
    assert "  ~ object: Service shop/web spec.selector.app: web -> website" in said
    assert "  ~ status: resolved -> healthy" in said
    assert any(line.startswith("  - cause: Service shop/web: ") for line in said)


def test_with_manifests_applied_their_fault_is_gone_or_stays(runs: Runs, tmp_path: Path) -> None:
    report = _finished(runs, SELECTS_NOTHING)
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(REPAIRED)
    bad.write_text(REPAIRED.replace("website", "wobsite"))
    supposed = replay(runs.history, runs, report.run_id, what_if=WhatIf(manifests=(good,))).report
    assert supposed.root_causes == ()
    supposed = replay(
        runs.history, runs, report.run_id, what_if=WhatIf(manifests=(bad,)), begin=NodeName.DIAGNOSE
    ).report
    (cause,) = supposed.root_causes
    assert "app=wobsite" in cause.statement
    assert supposed.varied == ("bad.yaml was applied, and what it changes rolled out and runs well",)


def test_a_supposition_is_kept_where_it_is_replayed_itself(runs: Runs) -> None:
    report = _finished(runs, SELECTS_NOTHING)
    supposed = replay(runs.history, runs, report.run_id, what_if=WhatIf(plan=True)).report
    again = replay(runs.history, runs, supposed.run_id).report
    assert again.varied == supposed.varied
    assert again.status == supposed.status


def test_what_cannot_be_replayed_is_an_error(runs: Runs, tmp_path: Path) -> None:
    report = _finished(runs, SELECTS_NOTHING)
    with pytest.raises(RunError, match="there is no run"):
        replay(runs.history, runs, "20200101")
    with pytest.raises(UsageError, match="looks at no cluster"):
        replay(runs.history, runs, report.run_id, begin=NodeName.TRIAGE, what_if=WhatIf(plan=True))
    with pytest.raises(UnreadableInput):
        replay(runs.history, runs, report.run_id, what_if=WhatIf(manifests=(tmp_path / "nothing.yaml",)))
    with pytest.raises(UnreadableInput):
        Runs(runs.history).begin(Incident(), Place(path=str(tmp_path / "nothing")))
    failed = runs.history.log.runs(1)[0]
    with pytest.raises(RunError, match="has collected nothing"):
        replay(runs.history, runs, failed.run_id)
