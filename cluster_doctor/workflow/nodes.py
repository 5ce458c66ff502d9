"""The nodes: each reads the case, lets its specialist work, and returns an update."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol, cast

from langgraph.errors import GraphBubbleUp
from langgraph.types import interrupt
from pydantic import JsonValue

from cluster_doctor.agents.collector import collect_evidence
from cluster_doctor.agents.diagnostician import find_root_causes, leaves_open, recollect
from cluster_doctor.agents.remediator import (
    carry_out,
    consent_to,
    decline,
    digest_of,
    follow,
    lapses_at,
    now,
    out_of_date,
    plan_repairs,
    plans_digest,
    propose,
    rehearse,
    rehearse_in_repositories,
    see_merged,
    see_through,
    unasked,
    write_down,
)
from cluster_doctor.agents.triager import judge_urgency
from cluster_doctor.agents.verifier import verify_report
from cluster_doctor.domain.audit import AuditBody, AuditKind
from cluster_doctor.domain.diagnosis import Diagnosis
from cluster_doctor.domain.errors import RemediationError, RunError
from cluster_doctor.domain.inquiry import Reading, Readings
from cluster_doctor.domain.outcome import StepState
from cluster_doctor.domain.rehearsal import Rehearsal
from cluster_doctor.domain.remediation import Approval, Decision, Outcome, RemediationPlan
from cluster_doctor.domain.trace_spans import node_span
from cluster_doctor.domain.tracing import watched_by
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.protocol import Scope
from cluster_doctor.tools.proposing import ProposalAccess, ProposalMandate
from cluster_doctor.tools.writing import Mandate
from cluster_doctor.workflow.acts import answered, asked, asked_again, escalated, merged, not_carried_out, refused
from cluster_doctor.workflow.answers import update_by
from cluster_doctor.workflow.bench import Bench, bench_of_the_moment
from cluster_doctor.workflow.inquiring import Inquiring
from cluster_doctor.workflow.question import question_of, question_of_merge
from cluster_doctor.workflow.state import Case, CaseState
from cluster_doctor.workflow.watching import note_update

Plans = tuple[RemediationPlan, ...]
_NOBODY = Approval(decision=Decision.DECLINE, digest="", approver="")


class Node(Protocol):
    """What LangGraph calls."""

    def __call__(self, state: CaseState) -> CaseState:
        """Return an update of the state."""
        ...


class Nodes:
    """The work of every node on one bench."""

    def __init__(self, bench: Bench | None) -> None:
        """Work on a bench, or, if it is None, on that of the moment."""
        self._given = bench
        self._inquiring = Inquiring(lambda: self._bench)
        self.branches = self._inquiring.branches
        """Where to go on after hypotheses were named."""

    @property
    def _bench(self) -> Bench:
        return self._given or bench_of_the_moment()

    def named(self, name: str) -> Node:
        """One node by name, with its turns written down."""
        work: Callable[[Case], CaseState] = getattr(self._inquiring, name, None) or getattr(self, f"_{name}")

        def node(state: CaseState) -> CaseState:
            case = Case.read(state)
            given = cast("dict[str, JsonValue]", dict(state))
            with watched_by(self._bench.tracer), node_span(name, GraphBubbleUp) as span:
                with self._bench.journal.turn(case.run_id, name, given) as turn:
                    update = work(case)
                    turn.update(cast("dict[str, JsonValue]", update))
                note_update(span, update)
            return update

        return node

    def _collect(self, case: Case) -> CaseState:
        source = self._bench.open_source(case.place)
        if source is None:
            raise RunError(
                f"run {case.run_id} read {case.place.handed_over}, which was handed over by the program that began it",
                "Go on from that program, with the source, or start the case again.",
            )
        cluster = collect_evidence(case.incident, source, self._bench.progress)
        return {"snapshot": self._bench.evidence.put_snapshot(cluster)}

    def _verify(self, case: Case) -> CaseState:
        self._bench.progress("checking the report against what was observed")
        source = self._bench.open_source(case.place)
        found = verify_report(case.incident, self._cluster(case), source, self._bench.progress, self._readings(case))
        return {
            "snapshot": self._bench.evidence.put_snapshot(found.cluster),
            "identity_note": found.identity_note,
            "claims": self._bench.evidence.put(found.claims),
        }

    def _diagnose(self, case: Case) -> CaseState:
        self._bench.progress("looking for root causes")
        cluster = self._cluster(case)
        found = find_root_causes(case.incident, cluster, self._bench.open_rules(case.rules), self._readings(case))
        recalled = case.recollection or self._bench.evidence.put(recollect(found, self._bench.memory(case, cluster)))
        return {
            "diagnosis": self._bench.evidence.put(found),
            "recollection": recalled,
            "leaves_open": leaves_open(found),
        }

    def _triage(self, case: Case) -> CaseState:
        found = judge_urgency(self._cluster(case), self._diagnosis(case))
        return {"triage": self._bench.evidence.put(found) if found else ""}

    def _plan(self, case: Case) -> CaseState:
        cluster = self._cluster(case)
        plans = plan_repairs(cluster, self._diagnosis(case))
        found: CaseState = {"plans": self._bench.evidence.put(plans), "digest": plans_digest(plans, cluster.identity)}
        if case.replays and found["plans"] == case.recorded.plans:  # the same plan has the same rehearsal and outcome
            found |= case.recorded.update()
        return found

    def _rehearse(self, case: Case) -> CaseState:
        cluster, plans = self._cluster(case), self._plans(case)
        try:
            access = self._bench.write_access(case.place)
        except RemediationError as error:  # a diagnosis is worth having though nothing may be changed
            shown = Rehearsal(plan_digest=plans_digest(plans, cluster.identity), note=error.what)
        else:
            if access is not None:
                self._bench.progress("rehearsing the plans")
            shown = rehearse(access, plans, cluster)
        shown = self._with_proposals(case, shown)
        digest = digest_of(plans, cluster.identity, shown)
        found: CaseState = {"rehearsal": self._bench.evidence.put(shown), "digest": digest}
        if self._bench.unattended:
            declined = unasked(digest)
            self._take_down(case, *answered(declined, shown.identity or cluster.identity))
            outcome = Outcome(decision=Decision.DECLINE, note=declined.reason)
            return {**found, "approval": declined.model_dump(mode="json"), "outcome": outcome.model_dump(mode="json")}
        self._take_down(case, *asked(digest, shown))
        return found

    def _approve(self, case: Case) -> CaseState:
        # What leaves interrupt() is LangGraph's to catch: nothing may stand around it that catches exceptions.
        question = question_of(case.digest, self._plans(case), self._rehearsal(case), case.approvals, case.awaits)
        answer = interrupt(question, response_schema=Approval)
        return {"approval": Approval.model_validate(answer).model_dump(mode="json")}

    def _recheck(self, case: Case) -> CaseState:
        if case.approval is None:
            return {"objection": "nobody was asked", "awaits": ""}
        identity, rehearsal = self._cluster(case).identity, self._rehearsal(case)
        self._take_down(case, *answered(case.approval, rehearsal.identity or identity))
        if case.approval.decision is Decision.DECLINE:
            return {"objection": "", "awaits": ""}
        objection = out_of_date(rehearsal, now())
        if not objection and rehearsal.offered:
            access = self._bench.write_access(case.place)
            if access is None or access.policy_digest != rehearsal.policy_digest:
                objection = "the policy is another one than when the plan was rehearsed; rehearse it again"
        if not objection and rehearsal.offered_proposals:
            proposing = self._propose_access(case, rehearsal)
            if proposing is None or proposing.policy_digest != rehearsal.policy_digest:
                objection = "the policy is another one than when the plan was rehearsed; rehearse it again"
        if objection:
            self._take_down(case, *refused(case.approval, objection))
            return {"objection": objection, "awaits": ""}
        given = [*case.approvals, case.approval]
        consent = consent_to(given, self._plans(case), identity, rehearsal, now())
        for approval, why in consent.refused:
            self._take_down(case, *refused(approval, why))
        if not consent.is_enough:
            self._take_down(case, *asked_again(case.approval, consent))
        return update_by(consent)

    def _apply(self, case: Case) -> CaseState:
        approval = case.approval or _NOBODY
        outcome = decline(approval, case.objection)
        if outcome is None:
            mandate = self._mandate(case, approval)
            if mandate:
                outcome = carry_out(mandate, approval)
                for step in outcome.steps:
                    if step.state is StepState.REFUSED:
                        self._take_down(case, *not_carried_out(step, approval))
            elif self._rehearsal(case).offered_proposals:
                outcome = Outcome(decision=Decision.APPROVE, note=f"approved by {approval.approver}")
            else:
                outcome = write_down(approval, self._plans(case), self._exports(case))
        return {"outcome": outcome.model_dump(mode="json")}

    def _confirm(self, case: Case) -> CaseState:
        if case.outcome is None or case.approval is None or not case.outcome.steps:
            return {}
        mandate, source = self._mandate(case, case.approval), self._bench.open_source(case.place)
        if mandate is None or source is None:
            return {}
        self._bench.progress("watching whether it healed")
        scope = Scope(namespaces=case.incident.namespaces)
        outcome = see_through(mandate, case.outcome, lambda: source.collect(scope))
        if outcome.escalated:
            self._take_down(case, *escalated(outcome, case.approval))
        return {"outcome": outcome.model_dump(mode="json")}

    def _propose(self, case: Case) -> CaseState:
        rehearsal, approval = self._rehearsal(case), case.approval
        if case.outcome is None or approval is None or case.outcome.decision is Decision.DECLINE:
            return {}
        access = self._propose_access(case, rehearsal) if rehearsal.offered_proposals else None
        if access is None:
            return {}
        self._bench.progress("proposing the change")
        mandate = ProposalMandate(
            access=access,
            run_id=case.run_id,
            approvers=tuple(one.approver for one in case.approvals) or (approval.approver,),
            at=approval.decided_at or now(),
            plans=self._plans(case),
            rehearsal=rehearsal,
            cluster=self._cluster(case),
            causes=self._diagnosis(case).root_causes,
            exports=self._exports(case),
        )
        return {"outcome": propose(mandate, approval, case.outcome).model_dump(mode="json")}

    def _await_merge(self, case: Case) -> CaseState:
        # As in `_approve`: nothing may stand around interrupt() that catches exceptions.
        if case.outcome is None:
            return {}
        interrupt(question_of_merge(case.run_id, case.outcome))
        access = self._propose_access(case, self._rehearsal(case))
        if access is None:
            return {}
        outcome = follow(access, case.outcome)
        for before, after in zip(case.outcome.proposals, outcome.proposals, strict=True):
            if before.is_open and not after.is_open:
                self._take_down(case, *merged(after, self._rehearsal(case).identity))
        return {"outcome": outcome.model_dump(mode="json")}

    def _confirm_merge(self, case: Case) -> CaseState:
        access, source = self._propose_access(case, self._rehearsal(case)), self._bench.open_source(case.place)
        if case.outcome is None or case.approval is None or access is None:
            return {}
        scope, live = Scope(namespaces=case.incident.namespaces), access.target is not None
        if live:
            self._bench.progress("watching whether the merge reaches the cluster and heals")
        look = (lambda: source.collect(scope)) if live and source else None
        outcome = see_merged(access, self._plans(case), case.outcome, look, self._cluster(case))
        if outcome.escalated and outcome.escalated != case.outcome.escalated:
            self._take_down(case, *escalated(outcome, case.approval))
        return {"outcome": outcome.model_dump(mode="json")}

    def _with_proposals(self, case: Case, shown: Rehearsal) -> Rehearsal:
        """A rehearsal with what would change in repositories; one that cannot be opened is told, and stops nothing."""
        try:
            access = self._propose_to(case, case.repositories)
        except RemediationError as error:
            note = "; ".join(part for part in (shown.note, f"nothing can be proposed: {error.what}") if part)
            return shown.model_copy(update={"note": note})
        if access is not None:
            self._bench.progress("looking for the files that the plans change")
        return rehearse_in_repositories(access, shown, self._plans(case), self._cluster(case), self._diagnosis(case))

    def _propose_access(self, case: Case, rehearsal: Rehearsal) -> ProposalAccess | None:
        """The way to the repositories that were approved, though they are not named again."""
        shown = [proposal.repository for proposal in rehearsal.offered_proposals]
        return self._propose_to(case, case.repositories or shown)

    def _propose_to(self, case: Case, repositories: Sequence[str]) -> ProposalAccess | None:
        access = self._bench.propose_access(case.place, repositories)
        return replace(access, rules=self._bench.open_rules(case.rules)) if access else None

    def _take_down(self, case: Case, kind: AuditKind, body: AuditBody) -> None:
        if case.run_id:
            self._bench.acts(case.run_id, kind, body)

    def _exports(self, case: Case) -> Path:
        """Where plans are written: a folder for each run, or for each plan where a server keeps the runs."""
        return self._bench.exports / (case.run_id or case.digest)

    def _mandate(self, case: Case, approval: Approval) -> Mandate | None:
        """What may be carried out; None where no step was offered."""
        rehearsal, access = self._rehearsal(case), self._bench.write_access(case.place)
        if not rehearsal.offered or access is None:
            return None
        until = lapses_at(approval)
        rules, plans = self._bench.open_rules(case.rules), self._plans(case)
        return Mandate(access, case.run_id, approval.approver, plans, rehearsal, self._cluster(case), until, rules)

    def _rehearsal(self, case: Case) -> Rehearsal:
        return self._bench.evidence.get(case.rehearsal, Rehearsal)

    def _readings(self, case: Case) -> tuple[Reading, ...]:
        return self._bench.evidence.get(case.readings, Readings).readings if case.readings else ()

    def _cluster(self, case: Case) -> ClusterSnapshot:
        return self._bench.evidence.snapshot(case.snapshot)

    def _diagnosis(self, case: Case) -> Diagnosis:
        return self._bench.evidence.get(case.diagnosis, Diagnosis)

    def _plans(self, case: Case) -> Plans:
        return self._bench.evidence.get(case.plans, Plans)
