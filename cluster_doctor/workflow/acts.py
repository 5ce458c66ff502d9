"""Takes down what is asked, answered, refused and left to people, in the audit record."""

from __future__ import annotations

from typing import Protocol

from cluster_doctor.domain.audit import AuditBody, AuditKind
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.outcome import StepOutcome
from cluster_doctor.domain.proposal import ProposalOutcome
from cluster_doctor.domain.rehearsal import Rehearsal
from cluster_doctor.domain.remediation import Approval, Decision, Outcome
from cluster_doctor.history.audit import Audit
from cluster_doctor.tools.writing import Consent
from cluster_doctor.workflow.answers import wanting_in

PROGRAM = "cluster-doctor"


class Acts(Protocol):
    """Takes an act down."""

    def __call__(self, run_id: str, kind: AuditKind, body: AuditBody) -> object:
        """Take it down."""
        ...


def unrecorded(run_id: str, kind: AuditKind, body: AuditBody) -> None:
    """Take nothing down, for a graph that is not on record."""
    del run_id, kind, body


def recorded(audit: Audit) -> Acts:
    """Take acts down in an audit record, each once, however often the node that they are of is done."""
    return audit.append_once


def asked(digest: str, rehearsal: Rehearsal) -> tuple[AuditKind, AuditBody]:
    """What a person is asked."""
    offered = ", ".join(rehearsal.offers)
    body = AuditBody(
        who=PROGRAM,
        what=f"asked whether to carry out {offered}" if offered else "asked whether to write the plans down",
        cluster=rehearsal.identity or ClusterIdentity(),
        digest=digest,
        detail=rehearsal.model_dump(mode="json"),
    )
    return AuditKind.QUESTION, body


def asked_again(answer: Approval, consent: Consent) -> tuple[AuditKind, AuditBody]:
    """What is asked once more after an answer, because somebody's word is wanting."""
    body = AuditBody(
        who=PROGRAM,
        what=f"asked again: {wanting_in(consent)}",
        approver=", ".join(approval.approver for approval in consent.approvals),
        digest=answer.digest,
        detail={"steps": list(consent.steps), "after": answer.model_dump(mode="json")},
    )
    return AuditKind.QUESTION, body


def answered(approval: Approval, cluster: ClusterIdentity | None) -> tuple[AuditKind, AuditBody]:
    """What a person answered."""
    approves = approval.decision is Decision.APPROVE
    body = AuditBody(
        who=approval.approver,
        what="approved" if approves else f"declined: {approval.reason}" if approval.reason else "declined",
        cluster=cluster or ClusterIdentity(),
        approver=approval.approver if approves else "",
        digest=approval.digest,
        detail=approval.model_dump(mode="json"),
    )
    return (AuditKind.APPROVAL if approves else AuditKind.ANSWER), body


def refused(approval: Approval, why: str) -> tuple[AuditKind, AuditBody]:
    """Why an answer does not count."""
    detail = approval.model_dump(mode="json")
    return AuditKind.REFUSAL, AuditBody(who=PROGRAM, what=why, digest=approval.digest, detail=detail)


def not_carried_out(step: StepOutcome, approval: Approval) -> tuple[AuditKind, AuditBody]:
    """Why an approved step was not carried out."""
    body = AuditBody(
        who=PROGRAM,
        what=f"step {step.key} was not carried out: {step.note}",
        approver=approval.approver,
        digest=approval.digest,
        detail=step.model_dump(mode="json"),
    )
    return AuditKind.REFUSAL, body


def merged(proposal: ProposalOutcome, cluster: ClusterIdentity | None) -> tuple[AuditKind, AuditBody]:
    """What became of a proposal that waited for a merge."""
    body = AuditBody(
        who=PROGRAM,
        what=f"proposal {proposal.key} was {proposal.state}: {proposal.branch} of {proposal.repository}",
        cluster=cluster or ClusterIdentity(),
        detail=proposal.model_dump(mode="json"),
    )
    return AuditKind.ANSWER, body


def escalated(outcome: Outcome, approval: Approval) -> tuple[AuditKind, AuditBody]:
    """What a person has to see to."""
    body = AuditBody(
        who=PROGRAM,
        what=outcome.escalated,
        approver=approval.approver,
        digest=approval.digest,
        detail=outcome.model_dump(mode="json"),
    )
    return AuditKind.ESCALATION, body
