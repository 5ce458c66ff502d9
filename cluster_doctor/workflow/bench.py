"""What nodes work with: injected, so that a test or a server may bring its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from langgraph.errors import GraphBubbleUp
from pydantic import JsonValue

from cluster_doctor.agents.access import ModelAccess
from cluster_doctor.domain.recollection import Memory, NoMemory
from cluster_doctor.domain.rule_choice import RuleChoice
from cluster_doctor.domain.tracing import Tracer
from cluster_doctor.history.evidence_store import EvidenceStore
from cluster_doctor.history.run_log import RunLog, StepState
from cluster_doctor.remediation.cluster.access import WriteAccess
from cluster_doctor.remediation.proposals.access import ProposalAccess
from cluster_doctor.rules.rule_set import RuleSet
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.protocol import Progress, Source, silent
from cluster_doctor.workflow.acts import Acts, unrecorded
from cluster_doctor.workflow.rule_sets import no_own_rules
from cluster_doctor.workflow.state import Case, Place

Turn = dict[str, JsonValue]
"""What one node's turn returned; the journal reads it when the turn is over."""


class Journal(Protocol):
    """Writes down who did what and when."""

    def turn(self, run_id: str, node: str, given: dict[str, JsonValue]) -> AbstractContextManager[Turn]:
        """Accompany one node's turn; the node puts what it returns into the `Turn`."""
        ...


class NoJournal:
    """Writes nothing down."""

    @contextmanager
    def turn(self, run_id: str, node: str, given: dict[str, JsonValue]) -> Iterator[Turn]:  # noqa: ARG002 - unread
        """Accompany a turn silently."""
        yield {}


class LoggedTurns:
    """Writes turns into the run log."""

    def __init__(self, log: RunLog, *, joined: bool = False) -> None:
        """Write into a log.

        Args:
            log: the log.
            joined: whether the end of a turn is written together with what comes next, in one transaction; whoever says
                so settles the log when the graph stops. Only for runs that write nothing: of these, nobody has to know
                after a kill whether a node had just come to its end.
        """
        self._log, self._joined = log, joined

    @contextmanager
    def turn(self, run_id: str, node: str, given: dict[str, JsonValue]) -> Iterator[Turn]:
        """Note the turn's begin and end; a turn that was killed keeps its begin."""
        step = self._log.begin_step(run_id, node, given)
        turn: Turn = {}
        state = StepState.FAILED
        try:
            yield turn
            state = StepState.DONE
        except GraphBubbleUp:
            state = StepState.WAITING
            raise
        finally:
            self._log.end_step(step, state, turn, later=self._joined)


@dataclass(frozen=True)
class Bench:
    """What nodes work with.

    Attributes:
        evidence: where snapshots and results are kept.
        exports: where approved plans are written, one folder for each run.
        open_source: opens the place that a case names; None if it cannot be opened from words.
        progress: hears about long work.
        journal: writes turns down.
        memory: knows earlier runs and runbooks, as far as they bear on a case.
        model: what it takes to ask the chat model that a case names; None where none may be asked.
        acts: takes down what is asked, answered and refused.
        write_access: what it takes to change the cluster that a place names; None where nothing may be changed.
        open_rules: the rules that a case names.
        propose_access: what it takes to propose changes in the repositories that a case names; None without any.
        tracer: watches nodes and what they do; None if nobody wants that.
        unattended: whether there is nobody to ask, so that every plan is declined without an interrupt.
    """

    evidence: EvidenceStore
    exports: Path
    open_source: Callable[[Place], Source | None]
    progress: Progress = silent
    journal: Journal = field(default_factory=NoJournal)
    memory: Callable[[Case, ClusterSnapshot], Memory] = field(default=lambda _case, _cluster: NoMemory())
    model: Callable[[Case], ModelAccess | None] = field(default=lambda _case: None)
    acts: Acts = unrecorded
    write_access: Callable[[Place], WriteAccess | None] = field(default=lambda _place: None)
    open_rules: Callable[[RuleChoice], RuleSet] = no_own_rules
    propose_access: Callable[[Place, Sequence[str]], ProposalAccess | None] = field(default=lambda _place, _named: None)
    tracer: Tracer | None = None
    unattended: bool = False


_CURRENT: ContextVar[Bench] = ContextVar("bench")
"""Of this thread, and of those in which LangGraph runs nodes for it."""


@contextmanager
def working_at(bench: Bench) -> Iterator[None]:
    """Let the nodes of the shared graph work at a bench."""
    before = _CURRENT.set(bench)
    try:
        yield
    finally:
        _CURRENT.reset(before)


def bench_of_the_moment() -> Bench:
    """Tell at which bench the nodes of the shared graph work now.

    Raises:
        LookupError: nobody said; that is a fault of this program.
    """
    return _CURRENT.get()
