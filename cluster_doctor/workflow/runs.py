"""Begins runs, goes on with them, and brings them a person's answer."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, cast

from langgraph.errors import GraphDrained
from langgraph.runtime import RunControl
from langgraph.types import Command

from cluster_doctor.agents.remediator import consent_to, out_of_date
from cluster_doctor.domain.errors import RunError, RunStopped, RunTaken
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.model_use import ModelChoice
from cluster_doctor.domain.remediation import Approval, Decision, RemediationPlan
from cluster_doctor.domain.report import Remediation, Report
from cluster_doctor.domain.rule_choice import RuleChoice
from cluster_doctor.domain.trace_spans import run_span
from cluster_doctor.domain.tracing import watched_by
from cluster_doctor.history.history import History
from cluster_doctor.history.past import entry_of
from cluster_doctor.history.run_log import RunState
from cluster_doctor.outlets.open_telemetry import tracer_for
from cluster_doctor.rules.rule_set import OURS, RuleSet
from cluster_doctor.snapshot.door import Door
from cluster_doctor.sources.protocol import Progress, Source, silent
from cluster_doctor.workflow.acts import recorded, refused
from cluster_doctor.workflow.bench import Bench, Journal, LoggedTurns, working_at
from cluster_doctor.workflow.builder import CaseGraph, shared_graph
from cluster_doctor.workflow.holding import holding, still_held
from cluster_doctor.workflow.memory import KeptMemory
from cluster_doctor.workflow.model_access import ModelAccesses
from cluster_doctor.workflow.places import Places
from cluster_doctor.workflow.proposing import ProposalAccesses
from cluster_doctor.workflow.report import report_of
from cluster_doctor.workflow.rule_sets import RuleSets
from cluster_doctor.workflow.standing import (
    Finished,
    Merging,
    Standing,
    Waiting,
    beginning_is_lost,
    case_of,
    config_of,
    finished,
    standing_of,
)
from cluster_doctor.workflow.state import Case, CaseState, Place
from cluster_doctor.workflow.watching import note_standing
from cluster_doctor.workflow.writing import WriteAccesses, Writing

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["Finished", "Merging", "Runs", "Standing", "Waiting", "new_run_id"]


class Runs:
    """Runs of cases through the graph, on one history."""

    def __init__(  # noqa: PLR0913 - one argument for each choice, all but the first by name
        self,
        history: History,
        *,
        source: Source | None = None,
        progress: Progress = silent,
        journal: Journal | None = None,
        writing: Writing | None = None,
        control: RunControl | None = None,
        chat_model: BaseChatModel | None = None,
        unattended: bool = False,
        tracing: bool | None = None,
    ) -> None:
        """Work on a history.

        Args:
            history: where runs are kept.
            source: what cases with a handed-over place read.
            progress: hears about long work.
            journal: writes turns down; into the history's log by default.
            writing: how changes are made; by the policy in the home by default.
            control: stops a run before its next node.
            chat_model: is asked by cases that name a model, whatever they name; else the model is opened by its name.
            unattended: whether there is nobody to ask, so that plans are declined.
            tracing: whether to open spans of OpenTelemetry; as `CLUSTER_DOCTOR_TRACING` says by default.
        """
        self.current = ""
        """The run that was worked on last, for whoever has to say how to go on with it."""
        self.history, self.writing = history, writing or Writing()
        """Where runs are kept, and how changes are made."""
        self._repositories = list(self.writing.repositories)
        self._progress, self._control = progress, control
        self._rules = RuleSets()
        self._bench = Bench(
            evidence=history.evidence,
            exports=history.exports,
            open_source=Places(history.evidence, source),
            progress=progress,
            journal=journal or LoggedTurns(history.log, joined=unattended),
            memory=partial(KeptMemory, history, progress),
            acts=recorded(history.audit),
            write_access=WriteAccesses(history, self.writing, still_held),
            open_rules=self._rules,
            propose_access=ProposalAccesses(history, self.writing, still_held),
            model=ModelAccesses(history, chat_model),
            tracer=tracer_for(tracing=tracing),
            unattended=unattended,
        )
        self._graph: CaseGraph = shared_graph(history.checkpointer, unattended=unattended)

    def begin(
        self,
        incident: Incident,
        place: Place,
        *,
        runbooks: str = "",
        rules: RuleSet = OURS,
        model: ModelChoice | None = None,
    ) -> Standing:
        """Investigate an incident; return when it is done or waits for a person.

        Credentials in the incident's text are masked before anything is kept: people paste whole terminals.

        Args:
            incident: what was reported.
            place: where to look.
            runbooks: a folder of runbooks; the history's own by default.
            model: the chat model that may be asked about what the rules leave open; none by default.
            rules: what is checked.

        Raises:
            SourceError: nothing could be read.
            RunError: the history cannot be used.
        """
        incident = incident.model_copy(update={"text": Door().mask_text(incident.text)})
        first: CaseState = {
            "incident": incident.model_dump(mode="json"),
            "place": place.model_dump(mode="json"),
            "runbooks": runbooks,
            "repositories": self._repositories,
            **self._naming(rules),
        }
        if model:
            first["model"] = model.model_dump(mode="json")
        origin = place.path or place.handed_over or place.context or ("snapshot" if place.snapshot else "live cluster")
        return self._begin(first, incident.text, origin)

    def rules_of(self, choice: RuleChoice) -> RuleSet:
        """Open the rules that a case was run with.

        Raises:
            RunError: they are not what they were.
        """
        return self._rules(choice)

    def repeat(self, case: CaseState, origin: str, *, after: str = "", rules: RuleSet = OURS) -> Standing:
        """Take a case that is on record through the graph again, as a run of its own.

        Args:
            case: what it begins with, and what the nodes found that are left out.
            origin: where its evidence comes from, in words.
            after: the last of the nodes that are left out; none by default.
            rules: what is checked.

        Raises:
            RunError: the history cannot be used.
        """
        text = Incident.model_validate(case.get("incident", {})).text
        return self._begin(cast("CaseState", {**case, **self._naming(rules)}), text, origin, after)

    def _naming(self, rules: RuleSet) -> CaseState:
        """What a case holds of its rules, which are kept for it; nothing of ours."""
        self._rules.keep(rules)
        return {"rules": rules.choice.model_dump(mode="json")} if rules.digest else {}

    def _begin(self, first: CaseState, text: str, origin: str, after: str = "") -> Standing:
        run_id = new_run_id()
        self.history.log.begin(run_id, text, origin)
        self._progress(f"run {run_id}")
        first = {**first, "run_id": run_id}
        with holding(self.history.locks, run_id):
            if not after:
                return self._go(run_id, first, begun=True)
            self._graph.update_state(config_of(run_id), first, as_node=after)
            return self._go(run_id, None, begun=True)

    def adopt(self, run_id: str, case: CaseState) -> None:
        """Take over how a case stood elsewhere; it can be looked at and replayed, and goes no further."""
        self._graph.update_state(config_of(run_id), case, as_node="remediate")

    def resume(self, run_id: str) -> Standing:
        """Go on with a run that was killed, from its last checkpoint; one that is done only reports.

        One that waits for a merge looks whether that came, and if so, whether it healed.

        Raises:
            RunError: there is no such run, somebody works on it, or its record is damaged.
        """
        known = self.history.log.run(run_id)
        run_id = known.run_id
        with holding(self.history.locks, run_id):
            if beginning_is_lost(self._graph, run_id):
                raise RunError(
                    f"run {run_id} was killed before its first checkpoint", "Start the case again with `diagnose`."
                )
            standing = self._standing(run_id)
            if isinstance(standing, Merging):
                return self._go(run_id, Command(resume={standing.interrupt_id: "look again"}))
            return self._settled(run_id, standing, known.state) if standing else self._go(run_id, None)

    def answer(self, run_id: str, interrupt_id: str, approval: Approval) -> Standing:
        """Bring a run an answer that it waits for. It may wait for one more person afterwards.

        Raises:
            RunError: it waits for no answer, or for another one; the answer names another digest, or does not count;
                or somebody works on the run. Nothing was written then, the question stays as it is, and the refusal
                is on record.
        """
        run_id = self.history.log.run(run_id).run_id
        with ExitStack() as held:
            try:
                held.enter_context(holding(self.history.locks, run_id))
            except RunTaken as error:
                self._refuse(run_id, approval, error.what)
                raise
            standing = self._standing(run_id)
            if not isinstance(standing, Waiting) or interrupt_id not in standing.answerable:
                why = f"run {run_id} does not wait for this answer; it may have been given already"
                self._refuse(run_id, approval, why)
                raise RunError(why, f"`cluster-doctor runs show {run_id}` tells how it stands.")
            if approval.digest != standing.digest:
                why = f"the answer is about plan {approval.digest[:12]}; run {run_id} asks about {standing.digest[:12]}"
                self._refuse(run_id, approval, why)
                raise RunError(why, "Read the plan again and answer that.")
            decided = approval.model_copy(
                update={"decided_at": approval.decided_at or datetime.now(UTC), "interrupt_id": interrupt_id}
            )
            if why := self._miscounted(standing, decided):
                self._refuse(run_id, approval, why)
                raise RunError(f"this answer does not count: {why}", f"Run {run_id} waits for another.")
            return self._go(run_id, Command(resume={standing.interrupt_id: decided.model_dump(mode="json")}))

    def waiting(self, run_id: str) -> Waiting:
        """Tell what a run asks. Nothing is done.

        Raises:
            RunError: there is no such run, it asks nothing, or its record is damaged.
        """
        run_id = self.history.log.run(run_id).run_id
        standing = None if beginning_is_lost(self._graph, run_id) else self._standing(run_id)
        if not isinstance(standing, Waiting):
            raise RunError(
                f"run {run_id} waits for no answer", f"`cluster-doctor runs show {run_id}` tells how it stands."
            )
        return standing

    def _refuse(self, run_id: str, approval: Approval, why: str) -> None:
        self.history.audit.append(run_id, *refused(approval, why))

    def _miscounted(self, standing: Waiting, approval: Approval) -> str:
        """Why an answer would not count beside those that were given; empty if it would, or ends the run anyway."""
        at = datetime.now(UTC)
        if approval.decision is Decision.DECLINE or out_of_date(standing.rehearsal, at):
            return ""
        case = case_of(self._graph, standing.report.run_id)
        plans = self.history.evidence.get(case.plans, tuple[RemediationPlan, ...])
        given = [*standing.approvals, approval]
        consent = consent_to(given, plans, standing.report.identity, standing.rehearsal, at)
        return next((why for one, why in consent.refused if one is approval), "")

    def report(self, run_id: str) -> Report:
        """Report on a run as far as it has come.

        Raises:
            RunError: there is no such run, it has no diagnosis yet, or its record is damaged.
        """
        return report_of(case_of(self._graph, self.history.log.run(run_id).run_id), self.history.evidence)

    def case(self, run_id: str) -> Case:
        """Read how a case stands.

        Raises:
            RunError: there is no such run, or its record is damaged.
        """
        return case_of(self._graph, self.history.log.run(run_id).run_id)

    def _go(self, run_id: str, given: CaseState | Command[object] | None, *, begun: bool = False) -> Standing:
        """Let the graph work; `begun` says that the run is on record as running already."""
        self.current = run_id
        if not begun:
            self.history.log.mark(run_id, RunState.RUNNING)
        with self._failure_noted(run_id), watched_by(self._bench.tracer), run_span(run_id) as span:
            standing = self._worked(run_id, given)
            if standing:
                note_standing(span, type(standing).__name__.lower(), standing.report)
        if standing is None:
            raise RunError(f"run {run_id} stopped on its way", f"Go on with `cluster-doctor runs resume {run_id}`.")
        return self._settled(run_id, standing, RunState.RUNNING)

    def _worked(self, run_id: str, given: CaseState | Command[object] | None) -> Standing | None:
        with working_at(self._bench):
            came_to = self._graph.invoke(
                given, config_of(run_id), durability="sync", control=self._control, version="v2"
            )
        if came_to.interrupts:
            return self._standing(run_id)
        return finished(Case.read(came_to.value), self.history.evidence)

    def _settled(self, run_id: str, standing: Standing, known: RunState) -> Standing:
        """Note how far a run has come; of one at its end, for searches and later diagnoses, what it found."""
        if isinstance(standing, Finished) and known is not RunState.FINISHED:
            self._index(standing)
        waiting = RunState.MERGING if isinstance(standing, Merging) else RunState.WAITING
        state = RunState.FINISHED if isinstance(standing, Finished) else waiting
        if known is not state:
            self.history.log.mark(run_id, state, _summary(standing.report))
        return standing

    def _index(self, standing: Finished) -> None:
        """Put what a run found among the past incidents; the report comes out though these cannot be used."""
        case, report = standing.case, standing.report
        if case.replays or not report.root_causes:
            return
        done = report.remediation or Remediation()
        try:
            self.history.incidents.add(
                [
                    entry_of(
                        cause,
                        case.run_id,
                        case.incident.text,
                        at=report.taken_at,
                        snapshot=case.snapshot,
                        cluster=report.identity,
                        healed_by=done.healed_by(cause.fingerprint),
                    )
                    for cause in report.root_causes
                ]
            )
        except RunError as error:
            self._progress(f"this run cannot be searched for: {error.sentence}")

    @contextmanager
    def _failure_noted(self, run_id: str) -> Iterator[None]:
        """Mark a run as failed where an error ends it.

        A kill leaves it as running, which is what it was; one that is not held any more is another's to mark.
        """
        failed = True
        try:
            yield
            failed = False
        except (KeyboardInterrupt, RunTaken):
            failed = False
            raise
        except GraphDrained as error:
            failed = False
            raise RunStopped(
                f"run {self.current} was stopped", f"Go on with `cluster-doctor runs resume {self.current}`."
            ) from error
        finally:
            self.history.log.settle()
            if failed:
                self.history.log.mark(run_id, RunState.FAILED)

    def _standing(self, run_id: str) -> Standing | None:
        return standing_of(self._graph, self.history.evidence, run_id)


def new_run_id() -> str:
    """Make a run id that sorts by time: `20260102-030405-1a2b3c`."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def _summary(report: Report) -> str:
    if report.root_causes:
        return f"{report.status.value}: {report.root_causes[0].statement}"
    return report.status.value
