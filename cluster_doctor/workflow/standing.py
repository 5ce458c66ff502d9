"""How a run stands, as its checkpoints tell: at its end, waiting for a person, waiting for a merge, or on its way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from langchain_core.runnables import RunnableConfig
from langgraph.types import StateSnapshot

from cluster_doctor.domain.errors import RunError
from cluster_doctor.domain.rehearsal import Rehearsal
from cluster_doctor.domain.remediation import Approval
from cluster_doctor.domain.report import Report
from cluster_doctor.history.evidence_store import EvidenceStore
from cluster_doctor.workflow.builder import CaseGraph
from cluster_doctor.workflow.report import report_of
from cluster_doctor.workflow.state import Case


@dataclass(frozen=True)
class Waiting:
    """A run that waits for a person.

    `report` is what is known so far; the answer goes to `interrupt_id`. `rehearsal` is what the dry run showed.
    `approvals` were given and count; `awaits` is what they lack.
    """

    report: Report
    interrupt_id: str
    digest: str
    rehearsal: Rehearsal
    approvals: tuple[Approval, ...] = ()
    awaits: str = ""

    @property
    def answerable(self) -> frozenset[str]:
        """Interrupts that an answer may name: this one, and those at which the same was asked and approved before."""
        return frozenset({self.interrupt_id, *(given.interrupt_id for given in self.approvals)} - {""})


@dataclass(frozen=True)
class Finished:
    """A run that came to its end, and what its case has come to."""

    report: Report
    case: Case


@dataclass(frozen=True)
class Merging:
    """A run whose changes are proposed, and that waits for people to merge them."""

    report: Report
    interrupt_id: str


Standing: TypeAlias = Waiting | Merging | Finished


def standing_of(graph: CaseGraph, evidence: EvidenceStore, run_id: str) -> Standing | None:
    """Tell how a run stands; None while it is on its way.

    Raises:
        RunError: its record is damaged.
    """
    snapshot = graph.get_state(config_of(run_id), subgraphs=True)
    case = _case_in(snapshot)
    if snapshot.interrupts and _asks(snapshot):
        question = snapshot.interrupts[0]
        if case.outcome is not None:
            return Merging(report_of(case, evidence), question.id)
        digest = question.value.get("digest") if isinstance(question.value, dict) else None
        if not isinstance(digest, str):
            raise RunError(f"the question of run {run_id} is damaged", "Start the case again.")
        if case.digest != digest:
            raise RunError(f"the question of run {run_id} does not fit its plan", "Start the case again.")
        shown = evidence.get(case.rehearsal, Rehearsal)
        return Waiting(report_of(case, evidence), question.id, digest, shown, case.approvals, case.awaits)
    return None if snapshot.next else finished(case, evidence)


def finished(case: Case, evidence: EvidenceStore) -> Finished:
    """Tell what a case that came to its end has come to."""
    return Finished(report_of(case, evidence), case)


def case_of(graph: CaseGraph, run_id: str) -> Case:
    """Read the case of a run, inside the remediation subgraph while it stands there.

    Raises:
        RunError: its record is damaged.
    """
    return _case_in(graph.get_state(config_of(run_id), subgraphs=True))


def beginning_is_lost(graph: CaseGraph, run_id: str) -> bool:
    """Whether a run was killed before its first checkpoint."""
    return not graph.get_state(config_of(run_id)).values


def config_of(run_id: str) -> RunnableConfig:
    """What LangGraph calls a run."""
    return {"configurable": {"thread_id": run_id}}


def _asks(snapshot: StateSnapshot) -> bool:
    """Whether nobody has answered yet. A run that was killed after the answer keeps the question on the outside."""
    inner = [task.state for task in snapshot.tasks if isinstance(task.state, StateSnapshot)]
    return not inner or any(state.interrupts for state in inner)


def _case_in(snapshot: StateSnapshot) -> Case:
    inner = (getattr(task.state, "values", None) for task in snapshot.tasks)
    return Case.read(next((values for values in inner if values), snapshot.values))
