"""Cases on their way through the graph."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from postgres_server.server import binaries, running_server

from cluster_doctor.domain.errors import RunError, UnreadableInput
from cluster_doctor.domain.incident import ClaimVerdict, Incident
from cluster_doctor.domain.remediation import Approval, Decision
from cluster_doctor.history.history import History
from cluster_doctor.history.run_log import RunState, StepState
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.workflow.replay import replay
from cluster_doctor.workflow.runs import Finished, Runs, Waiting
from cluster_doctor.workflow.state import Place

INCIDENT = Incident(text="service web in shop has no endpoints; deployment api in shop is down")
BROKEN = """
kind: Service
metadata: {name: web, labels: {team: storefront}}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata: {labels: {app: website}}
    spec: {containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}]}
status: {readyReplicas: 1}
---
kind: Pod
metadata:
  name: web-0
  labels: {app: website}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec: {containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}]}
status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
---
kind: Endpoints
metadata: {name: web}
"""
NODES = [
    "collect", "verify", "diagnose", "triage", "plan", "rehearse", "approve", "recheck", "apply", "confirm", "propose",
]  # fmt: skip


@pytest.fixture
def history(home: str) -> Iterator[History]:
    with History(home) as opened:
        yield opened


@pytest.fixture
def place(history: History) -> Place:
    return Place(snapshot=history.evidence.put_snapshot(snapshot_of(BROKEN)))


def _waiting(history: History, place: Place) -> Waiting:
    standing = Runs(history).begin(INCIDENT, place)
    assert isinstance(standing, Waiting)
    return standing


def _answer(standing: Waiting, decision: Decision = Decision.APPROVE, digest: str | None = None) -> Approval:
    return Approval(decision=decision, digest=digest or standing.digest, approver="ada")


def test_a_case_goes_through_all_nodes_and_stops_at_the_question(history: History, place: Place) -> None:
    standing = _waiting(history, place)
    report = standing.report
    assert [cause.rule for cause in report.root_causes] == ["service_selects_no_pods"]
    assert report.claims[0].verdict is ClaimVerdict.REFUTED
    assert report.claims[0].asserts == "Deployment shop/api exists"
    assert report.identity_note.startswith("cluster-identity uncertain")
    assert report.triage is not None
    assert report.triage.owner == "storefront"
    assert report.remediation is not None
    assert report.remediation.outcome is None
    assert report.remediation.plans[0].steps[0].patch == {"spec": {"selector": {"app": "website"}}}
    steps = history.log.steps(report.run_id)
    assert [step.node for step in steps] == NODES[:7]
    assert steps[-1].state is StepState.WAITING
    assert history.log.run(report.run_id).state is RunState.WAITING
    assert not list(history.exports.rglob("*"))


def test_an_approved_plan_is_exported_and_nothing_is_applied(history: History, place: Place) -> None:
    standing = _waiting(history, place)
    done = Runs(history).answer(standing.report.run_id, standing.interrupt_id, _answer(standing))
    assert isinstance(done, Finished)
    assert done.report.remediation is not None
    outcome = done.report.remediation.outcome
    assert outcome is not None
    assert (outcome.decision, outcome.applied) == (Decision.APPROVE, False)
    patch = next(Path(name) for name in outcome.exported if name.endswith("patch.yaml"))
    assert yaml.safe_load(patch.read_text()) == {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"selector": {"app": "website"}},
    }
    steps = history.log.steps(standing.report.run_id)
    assert [step.node for step in steps] == [*NODES[:7], *NODES[6:]]


def test_a_declined_plan_writes_nothing(history: History, place: Place) -> None:
    standing = _waiting(history, place)
    runs = Runs(history)
    done = runs.answer(standing.report.run_id, standing.interrupt_id, _answer(standing, Decision.DECLINE))
    assert done.report.remediation is not None
    assert done.report.remediation.outcome is not None
    assert done.report.remediation.outcome.decision is Decision.DECLINE
    assert not list(history.exports.rglob("*"))


def test_an_answer_counts_once_and_only_for_the_plan_that_it_names(history: History, place: Place) -> None:
    standing = _waiting(history, place)
    run_id = standing.report.run_id
    for interrupt_id, digest, said in (
        (standing.interrupt_id, "0" * 64, "the answer is about plan 000000000000"),
        ("another", standing.digest, "does not wait for this answer"),
    ):
        with pytest.raises(RunError, match=said):
            Runs(history).answer(run_id, interrupt_id, _answer(standing, digest=digest))
    assert isinstance(Runs(history).resume(run_id), Waiting), "a refused answer leaves the question open"
    Runs(history).answer(run_id, standing.interrupt_id, _answer(standing, Decision.DECLINE))
    with pytest.raises(RunError, match="may have been given already"):
        Runs(history).answer(run_id, standing.interrupt_id, _answer(standing))
    assert not list(history.exports.rglob("*"))


def test_credentials_in_the_report_s_text_are_not_kept(history: History, place: Place) -> None:
    said = "svc web in shop fails, I ran curl https://ada:hunter2hunter2@db:80 with password=hunter2hunter2"
    report = Runs(history).begin(Incident(text=said), place).report
    assert "hunter2" not in report.model_dump_json()
    assert report.incident.text.startswith("svc web in shop fails")
    for path in history.home.rglob("*"):
        assert not path.is_file() or b"hunter2" not in path.read_bytes()


def test_a_healthy_case_asks_nobody(history: History) -> None:
    healthy = snapshot_of(BROKEN.replace("app: website", "app: web"))
    standing = Runs(history).begin(Incident(), Place(snapshot=history.evidence.put_snapshot(healthy)))
    assert isinstance(standing, Finished)
    assert standing.report.root_causes == ()
    assert standing.report.remediation is None
    assert [step.node for step in history.log.steps(standing.report.run_id)] == NODES[:5]


def test_unknown_runs_are_errors_and_start_nothing(history: History) -> None:
    runs = Runs(history)
    for call in (runs.resume, runs.report, runs.case):
        with pytest.raises(RunError, match="there is no run"):
            call("20200101-000000-ffffff")
    assert history.log.runs() == []


def test_a_finished_run_only_reports_when_it_is_resumed(history: History, place: Place) -> None:
    standing = _waiting(history, place)
    done = Runs(history).answer(standing.report.run_id, standing.interrupt_id, _answer(standing, Decision.DECLINE))
    before = len(history.log.steps(standing.report.run_id))
    assert Runs(history).resume(standing.report.run_id) == done
    assert len(history.log.steps(standing.report.run_id)) == before


def test_a_source_that_fails_marks_the_run_as_failed(history: History, tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput):
        Runs(history).begin(Incident(), Place(path=str(tmp_path / "nothing")))
    (run,) = history.log.runs()
    assert run.state is RunState.FAILED
    assert [step.state for step in history.log.steps(run.run_id)] == [StepState.FAILED]


def test_a_replay_reads_no_source_and_gives_the_same_report(history: History, tmp_path: Path) -> None:
    folder = tmp_path / "recorded"
    folder.mkdir()
    (folder / "all.yaml").write_text(BROKEN)
    runs = Runs(history)
    first = runs.begin(Incident(namespaces=("shop",)), Place(path=str(folder))).report
    (folder / "all.yaml").unlink()
    again = replay(history, runs, first.run_id).report
    assert again.model_dump(exclude={"run_id"}) == first.model_dump(exclude={"run_id"})


@pytest.mark.parametrize(
    ("change", "said"),
    [("CONTENT = '\\xc1'", "damaged"), ("type = 'pickle'", "never written")],
)
def test_a_tampered_checkpoint_is_an_error(history: History, place: Place, change: str, said: str) -> None:
    standing = _waiting(history, place)
    if history.store.on_server:
        with history.store.writing() as connection:
            connection.exec_driver_sql(f"UPDATE checkpoint_blobs SET {change.replace('CONTENT', 'blob')}")
    else:
        with sqlite3.connect(history.home / "checkpoints.sqlite") as other:
            plain = change.replace("CONTENT", "checkpoint").replace("'\\xc1'", "x'c1'")
            other.execute(f"UPDATE checkpoints SET {plain}")
        other.close()
    for call in (Runs(history).resume, Runs(history).report):
        with pytest.raises(RunError, match=said):
            call(standing.report.run_id)


def test_a_server_that_goes_away_is_an_error_and_the_run_goes_on_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    programs = binaries()
    if programs is None:
        pytest.skip("no Postgres is installed")
    with running_server(programs) as server:
        database = server.new_database()
        with History(database) as history:
            standing = _waiting(history, Place(snapshot=history.evidence.put_snapshot(snapshot_of(BROKEN))))
            runs = Runs(history)
            server.stop()
            for call in (runs.resume, runs.report):
                with pytest.raises(RunError, match="cannot be used") as caught:
                    call(standing.report.run_id)
                assert "Check that the database runs" in caught.value.next_step
            server.start()
            done = runs.answer(standing.report.run_id, standing.interrupt_id, _answer(standing))
            assert isinstance(done, Finished)
