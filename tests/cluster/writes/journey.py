"""One fault on a real API server, all the way: played, diagnosed, planned, rehearsed, repaired, and put back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatch
from pathlib import Path

import yaml

from cluster.api import Json, TestCluster
from cluster.scenario import Scenario, Stage, load
from cluster.writes.alerting import alerting
from cluster.writes.controllers import CONTROLLERS, Controller
from cluster.writes.hands import BEFORE, MEANWHILE, Helper
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.outcome import StepOutcome
from cluster_doctor.domain.refs import ObjectRef
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
- name: what is held
  routes: [cluster]
  types: [remove_finalizer]
  kinds: [Pod]
  namespaces: ["case-*"]
- name: what these tests change
  routes: [cluster]
  namespaces: ["case-*"]
  size: {pods_at_a_time: 2}
  even_if_kept: true
- name: nodes
  routes: [cluster]
  types: [cordon, uncordon]
"""


@dataclass(frozen=True)
class Expected:
    """A step that a repair takes: its type, `Kind/name` of its target as a glob, and the fields that it changes."""

    type: StepType
    target: str
    diff: tuple[str, ...]

    def is_of(self, ref: ObjectRef) -> bool:
        """Whether an object is the target."""
        return fnmatch(f"{ref.kind}/{ref.name}", self.target)


@dataclass(frozen=True)
class Fault:
    """One file: a scenario, and in its header the repair that is expected.

    repair:
    - type: the step type
      target: Kind/name, a glob
      diff: the fields that the step is to change; NOW stands for a moment
    beside: true if these are other ways beside a person's step, taken because somebody asks for them
    leaves: true if the repair only keeps the harm away, and leaves the cause to a person
    """

    scenario: Scenario
    steps: tuple[Expected, ...]
    beside: bool
    leaves: bool

    @property
    def rule(self) -> str:
        """What is to be diagnosed."""
        return self.scenario.expects[0].rules[0]

    @property
    def pauses(self) -> float:
        """Seconds for which nothing is done while it is played."""
        return sum(float(step.get("pause", 0)) for step in self.scenario.steps)


def all_faults() -> list[Fault]:
    """Every fault, those that change nodes last."""
    found = [_fault(file) for file in sorted(FOLDER.glob("*.yaml"))]
    return sorted(found, key=lambda fault: (fault.scenario.alone, fault.scenario.name))


def _fault(file: Path) -> Fault:
    header = next(yaml.safe_load_all(file.read_text()))
    steps = (Expected(StepType(step["type"]), step["target"], tuple(step["diff"])) for step in header["repair"])
    return Fault(load(file), tuple(steps), bool(header.get("beside")), bool(header.get("leaves")))


@dataclass(frozen=True)
class Walked:
    """One step on the way.

    Attributes:
        shown: by the rehearsal.
        before: the target before the repair; None if it is not there.
        after: when it was over.
        back: when it had been taken back.
        undone: what became of taking it back.
    """

    shown: RehearsedStep
    before: Json | None
    after: Json | None
    back: Json | None
    undone: StepOutcome


@dataclass(frozen=True)
class Journey:
    """What was seen on the way.

    Attributes:
        causes: the rules of the diagnosis.
        offered: the steps for the fault that the rehearsal offers.
        problems: of steps that it does not.
        outcome: of the run.
        walked: what became of each step.
    """

    causes: tuple[str, ...]
    offered: tuple[RehearsedStep, ...]
    problems: tuple[str, ...] = ()
    outcome: Outcome | None = None
    walked: tuple[Walked, ...] = ()


def travel(cluster: TestCluster, fault: Fault, home: Path) -> Journey:
    """Play a fault, repair it, and put it back."""
    (home / "policy.yaml").write_text(POLICY)
    stage, name, space = Stage(cluster, fault.scenario), fault.scenario.name, fault.scenario.namespace
    try:
        stage.play()
        if hand := BEFORE.get(name):
            hand(cluster, space)
        with (
            History(home) as history,
            alerting(name, home) as alertmanager,
            Controller(CONTROLLERS.get(name), cluster, space, alertmanager),
        ):
            return _through(
                cluster, fault, history, Place(kubeconfig=str(cluster.kubeconfig), alertmanager=alertmanager)
            )
    finally:
        stage.clean()
        cluster.delete("Namespace", None, space)


def _through(cluster: TestCluster, fault: Fault, history: History, place: Place) -> Journey:
    name, space = fault.scenario.name, fault.scenario.namespace
    runs = Runs(history, writing=Writing(patience=PATIENCE))
    standing = runs.begin(Incident(text=fault.scenario.text, namespaces=(space,)), place)
    causes = tuple(cause.rule for cause in standing.report.root_causes)
    if not isinstance(standing, Waiting):
        return Journey(causes, ())
    number = causes.index(fault.rule) + 1 if fault.rule in causes else 0
    offered = tuple(
        step
        for step in standing.rehearsal.offered
        if step.key.startswith(f"{number}.")
        and step.is_alternative is fault.beside
        and step.target.namespace in {None, space}
    )
    problems = tuple(f"{step.title}: {step.problem or step.verdict}" for step in standing.rehearsal.steps)
    if [step.type for step in offered] != [step.type for step in fault.steps]:
        return Journey(causes, offered, problems)
    before = [_there(cluster, step) for step in offered]
    with Helper(MEANWHILE.get(name), cluster, space):
        outcome = _approved(runs, standing, offered)
    after = [_there(cluster, step) for step in offered]
    undone = {it.key: it for it in undo_steps(_mandate(history, standing.report.run_id), outcome.steps)}
    walked = (
        Walked(shown, then, now, _there(cluster, shown), undone[shown.key])
        for shown, then, now in zip(offered, before, after, strict=True)
        if shown.key in undone
    )
    return Journey(causes, offered, problems, outcome, tuple(walked))


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


def _there(cluster: TestCluster, step: RehearsedStep) -> Json | None:
    ref = step.target
    return cluster.get(ref.kind, ref.namespace, ref.name, ref.api_version)
