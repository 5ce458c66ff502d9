"""A run that is killed goes on from its last checkpoint, and nothing is done twice."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import JsonValue

from cluster_doctor.domain.audit import AuditKind
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.remediation import Approval, Decision
from cluster_doctor.history.history import History
from cluster_doctor.history.run_log import RunState, StepState
from cluster_doctor.history.verifying import verify
from cluster_doctor.workflow.bench import LoggedTurns, Turn
from cluster_doctor.workflow.runs import Runs, Standing, Waiting
from cluster_doctor.workflow.state import Place

MANIFESTS = """
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80}]}}
- {apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web}, spec: {replicas: 0}}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web}
  spec:
    template:
      metadata: {labels: {app: website}}
      spec: {containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}]}
- apiVersion: v1
  kind: Pod
  metadata: {name: web-0, labels: {app: website}}
  spec: {containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}]}
  status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
"""
INCIDENT = Incident(text="svc web in default is down")
NODES = (
    "collect", "verify", "diagnose", "triage", "plan", "rehearse", "approve", "recheck", "apply", "confirm", "propose",
)  # fmt: skip
KILLS = [(node, moment, "sqlite") for node in NODES for moment in ("before", "after")] + [
    ("collect", "before", "postgres"),
    ("approve", "after", "postgres"),
    ("apply", "before", "postgres"),
    ("confirm", "after", "postgres"),
]
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["cluster_doctor.workflow.runs", "cluster_doctor.rules.catalogue"])


class DeadlyTurns(LoggedTurns):
    """Kills its own process at one node's turn: before the work, or when it is done but not handed in yet."""

    def __init__(self, history: History, node: str, moment: str, *, joined: bool = False) -> None:
        super().__init__(history.log, joined=joined)
        self._node, self._moment = node, moment

    @contextmanager
    def turn(self, run_id: str, node: str, given: dict[str, JsonValue]) -> Iterator[Turn]:
        """Accompany a turn, perhaps to its death."""
        with super().turn(run_id, node, given) as turn:
            self._kill(node, "before")
            yield turn
            self._kill(node, "after")

    def _kill(self, node: str, moment: str) -> None:
        if (node, moment) == (self._node, self._moment):
            os.kill(os.getpid(), signal.SIGKILL)


def _to_the_end(runs: Runs, standing: Standing) -> Standing:
    if isinstance(standing, Waiting):
        approval = Approval(decision=Decision.APPROVE, digest=standing.digest, approver="ada")
        return runs.answer(standing.report.run_id, standing.interrupt_id, approval)
    return standing


def _work(home: str, state: str, recorded: Path, node: str, moment: str) -> None:
    os.environ["XDG_STATE_HOME"] = state
    with History(home) as history:
        runs = Runs(history, journal=DeadlyTurns(history, node, moment))
        _to_the_end(runs, runs.begin(INCIDENT, Place(path=str(recorded))))


def _result(standing: Standing, home: Path) -> str:
    return standing.report.model_dump_json(indent=1).replace(standing.report.run_id, "RUN").replace(str(home), "HOME")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "all.yaml"
    path.write_text(MANIFESTS)
    return path


@pytest.fixture(scope="module")
def whole(recorded: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of a run that nobody killed."""
    with History(tmp_path_factory.mktemp("whole")) as history:
        runs = Runs(history)
        standing = _to_the_end(runs, runs.begin(INCIDENT, Place(path=str(recorded))))
        assert standing.report.root_causes, "the case must be worth comparing"
        return _result(standing, history.home)


@pytest.mark.parametrize(("node", "moment", "home"), KILLS, indirect=["home"])
def test_a_run_killed_in_any_node_resumes_and_gives_the_same_report(
    node: str, moment: str, home: str, recorded: Path, whole: str
) -> None:
    victim = PROCESSES.Process(target=_work, args=(home, os.environ["XDG_STATE_HOME"], recorded, node, moment))
    victim.start()
    victim.join(timeout=60)
    assert victim.exitcode == -signal.SIGKILL
    with History(home) as history:
        (killed,) = history.log.runs()
        assert killed.state is RunState.RUNNING
        runs = Runs(history)
        resumed = _to_the_end(runs, runs.resume(killed.run_id))
        assert _result(resumed, history.home) == whole
        assert history.log.run(killed.run_id).state is RunState.FINISHED
        done = [step.node for step in history.log.steps(killed.run_id) if step.state is StepState.DONE]
        assert done == list(NODES), "every node came to its end once"
        acts = [entry.kind for entry in history.audit.of_run(killed.run_id)]
        assert acts == [AuditKind.QUESTION, AuditKind.APPROVAL], "each act is on record once"
        assert verify(history.store).faults == ()
        steps = history.log.steps(killed.run_id)
        assert [step.node for step in steps if step.state is StepState.STARTED] == [node], "and the kill is on record"


def _work_unattended(home: str, state: str, recorded: Path, node: str, moment: str) -> None:
    os.environ["XDG_STATE_HOME"] = state
    with History(home) as history:
        runs = Runs(history, journal=DeadlyTurns(history, node, moment, joined=True), unattended=True)
        runs.begin(INCIDENT, Place(path=str(recorded)))


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("node", NODES[: NODES.index("approve")])
def test_a_run_that_asks_nobody_goes_on_from_its_last_checkpoint(
    node: str, moment: str, tmp_path: Path, recorded: Path
) -> None:
    with History(tmp_path / "whole") as history:
        whole = Runs(history, unattended=True).begin(INCIDENT, Place(path=str(recorded)))
    args = (str(tmp_path / "killed"), os.environ.get("XDG_STATE_HOME", str(tmp_path)), recorded, node, moment)
    victim = PROCESSES.Process(target=_work_unattended, args=args)
    victim.start()
    victim.join(timeout=60)
    assert victim.exitcode == -signal.SIGKILL
    with History(tmp_path / "killed") as history:
        (killed,) = history.log.runs()
        resumed = Runs(history, unattended=True).resume(killed.run_id)
        assert _result(resumed, tmp_path) == _result(whole, tmp_path)
        assert history.log.run(killed.run_id).state is RunState.FINISHED
        taken = [step.node for step in history.log.steps(killed.run_id)]
        first, repair = list(NODES[:4]), ["plan", "rehearse"]
        begun = [*first, *repair][: [*first, *repair].index(node) + 1]
        assert taken == begun + (repair if node in repair else [*first, *repair][len(begun) - 1 :]), "the repair anew"
        acts = [entry.kind for entry in history.audit.of_run(killed.run_id)]
        assert set(acts) == {AuditKind.ANSWER}, "nobody was asked, and nobody approved"
        assert verify(history.store).faults == ()
