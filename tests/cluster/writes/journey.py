"""One fault on a real API server, all the way: played, diagnosed, planned, rehearsed, repaired, and put back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import yaml

from cluster.api import Json, TestCluster
from cluster.scenario import Scenario, Stage, load
from cluster.writes.hands import BEFORE, MEANWHILE, Helper
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.outcome import StepOutcome
from cluster_doctor.domain.rehearsal import Rehearsal, RehearsedStep
from cluster_doctor.domain.remediation import Approval, Decision, Outcome, RemediationPlan
from cluster_doctor.domain.steps import StepType
from cluster_doctor.history.history import History
from cluster_doctor.remediation.cluster.carrying_out import Mandate, undo_steps
from cluster_doctor.remediation.cluster.confirming import Patience
from cluster_doctor.workflow.runs import Finished, Runs, Waiting
from cluster_doctor.workflow.state import Place
from cluster_doctor.workflow.writing import WriteAccesses, Writing

FOLDER = Path(__file__).with_name("faults")
PATIENCE = Patience(within=timedelta(seconds=60), lasting=timedelta(seconds=2), every=timedelta(seconds=0.5))
POLICY = """
version: 1
allow:
- name: what these tests change
  routes: [cluster]
  namespaces: ["case-*"]
- name: nodes
  routes: [cluster]
  types: [uncordon]
"""


@dataclass(frozen=True)
class Fault:
    """One file: a scenario, and in its header the repair that is expected.

    repair:
      type: the step type
      target: Kind/name
      diff: the fields that the step is to change; NOW stands for a moment
    """

    scenario: Scenario
    type: StepType
    kind: str
    name: str
    diff: tuple[str, ...]

    @property
    def rule(self) -> str:
        """What is to be diagnosed."""
        return self.scenario.expects[0].rules[0]


def all_faults() -> list[Fault]:
    """Every fault, those that change nodes last."""
    found = [_fault(file) for file in sorted(FOLDER.glob("*.yaml"))]
    return sorted(found, key=lambda fault: (fault.scenario.alone, fault.scenario.name))


def _fault(file: Path) -> Fault:
    repair = next(yaml.safe_load_all(file.read_text()))["repair"]
    kind, _, name = repair["target"].partition("/")
    return Fault(load(file), StepType(repair["type"]), kind, name, tuple(repair["diff"]))


@dataclass(frozen=True)
class Journey:
    """What was seen on the way.

    Attributes:
        causes: the rules of the diagnosis.
        offered: the steps for the fault that the rehearsal offers.
        outcome: of the run.
        before: the target when the run began.
        after: when it was over.
        undone: what became of taking it back.
        back: the target after that.
    """

    causes: tuple[str, ...]
    offered: tuple[RehearsedStep, ...]
    problems: tuple[str, ...] = ()
    outcome: Outcome | None = None
    before: Json | None = None
    after: Json | None = None
    undone: tuple[StepOutcome, ...] = ()
    back: Json | None = None


def travel(cluster: TestCluster, fault: Fault, home: Path) -> Journey:
    """Play a fault, repair it, and put it back."""
    (home / "policy.yaml").write_text(POLICY)
    stage, name, space = Stage(cluster, fault.scenario), fault.scenario.name, fault.scenario.namespace
    try:
        stage.play()
        if hand := BEFORE.get(name):
            hand(cluster, space)
        before = _target(cluster, fault)
        with History(home) as history:
            runs = Runs(history, writing=Writing(patience=PATIENCE))
            standing = runs.begin(
                Incident(text=fault.scenario.text, namespaces=(space,)), Place(kubeconfig=str(cluster.kubeconfig))
            )
            causes = tuple(cause.rule for cause in standing.report.root_causes)
            if not isinstance(standing, Waiting):
                return Journey(causes, ())
            number = causes.index(fault.rule) + 1 if fault.rule in causes else 0
            own = [step for step in standing.rehearsal.offered if not step.is_alternative]
            offered = tuple(step for step in own if step.key.startswith(f"{number}."))
            problems = tuple(f"{step.title}: {step.problem}" for step in standing.rehearsal.steps if step.problem)
            if not offered:
                return Journey(causes, offered, problems)
            with Helper(MEANWHILE.get(name), cluster, space):
                outcome = _approved(runs, standing, offered)
            after = _target(cluster, fault)
            undone = undo_steps(_mandate(history, standing.report.run_id), outcome.steps)
            return Journey(causes, offered, problems, outcome, before, after, undone, _target(cluster, fault))
    finally:
        stage.clean()
        cluster.delete("Namespace", None, space)


def _approved(runs: Runs, standing: Waiting, offered: tuple[RehearsedStep, ...]) -> Outcome:
    keys = tuple(step.key for step in offered)
    word = Approval(decision=Decision.APPROVE, digest=standing.digest, approver="ada", steps=keys)
    answered = runs.answer(standing.report.run_id, standing.interrupt_id, word)
    assert isinstance(answered, Finished)
    assert answered.report.remediation is not None
    assert answered.report.remediation.outcome is not None
    return answered.report.remediation.outcome


def _mandate(history: History, run_id: str) -> Mandate:
    """What was approved, as the run itself has it when it takes something back."""
    case, evidence = Runs(history).case(run_id), history.evidence
    access = WriteAccesses(history, Writing(patience=PATIENCE))(case.place)
    assert access is not None
    plans = evidence.get(case.plans, tuple[RemediationPlan, ...])
    rehearsal = evidence.get(case.rehearsal, Rehearsal)
    return Mandate(access, run_id, "ada", plans, rehearsal, evidence.snapshot(case.snapshot))


def _target(cluster: TestCluster, fault: Fault) -> Json | None:
    return cluster.get(fault.kind, fault.scenario.namespace, fault.name)
