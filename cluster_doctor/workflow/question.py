"""What a person is asked: plain JSON, so that it can be shown anywhere."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from cluster_doctor.domain.proposal import RehearsedProposal
from cluster_doctor.domain.rehearsal import Rehearsal, RehearsedStep
from cluster_doctor.domain.remediation import Approval, Outcome, RemediationPlan


def question_of(
    digest: str,
    plans: Sequence[RemediationPlan],
    rehearsal: Rehearsal,
    approvals: Sequence[Approval] = (),
    awaits: str = "",
) -> dict[str, JsonValue]:
    """Put a plan to a person, with what the dry run showed, who approved so far, and the digest to name."""
    offered, proposed = bool(rehearsal.offered), bool(rehearsal.offered_proposals)
    identity = rehearsal.identity if rehearsal.offers else None
    return {
        "question": _question(in_cluster=offered, in_repositories=proposed),
        "digest": digest,
        "identity": identity.model_dump(mode="json") if identity else None,
        "steps": [_told(step) for step in rehearsal.steps],
        "proposals": [_proposed(proposal) for proposal in rehearsal.proposals],
        "covers": list[JsonValue](sorted(rehearsal.covered(None))),
        "approved_by": [approval.approver for approval in approvals],
        "awaits": awaits,
        "plans": [
            {"summary": plan.summary, "cause": plan.cause, "steps": [step.title for step in plan.steps]}
            for plan in plans
        ],
    }


def question_of_merge(run_id: str, outcome: Outcome) -> dict[str, JsonValue]:
    """Say what a run waits for, once its changes are proposed; any answer makes it look."""
    return {
        "question": "Is it merged? Look again when it is.",
        "run": run_id,
        "proposals": [
            {
                "key": proposal.key,
                "repository": proposal.repository,
                "branch": proposal.branch,
                "base": proposal.base,
                "url": proposal.url,
            }
            for proposal in outcome.proposals
            if proposal.is_open
        ],
    }


def _question(*, in_cluster: bool, in_repositories: bool) -> str:
    match in_cluster, in_repositories:
        case True, True:
            return "Shall these changes be proposed in their repositories, or these steps be carried out?"
        case False, True:
            return "Shall these changes be proposed in their repositories? Nothing is applied to the cluster."
        case True, False:
            return "Shall these steps be carried out in the cluster?"
        case _:
            return "Shall these plans be exported? Nothing is applied to the cluster."


def _proposed(proposal: RehearsedProposal) -> dict[str, JsonValue]:
    return {
        "key": proposal.key,
        "title": proposal.title,
        "repository": proposal.repository,
        "base": proposal.base,
        "carries": list(proposal.carries),
        "offered": proposal.is_offered,
        "diff": [file.diff for file in proposal.files],
        "note": proposal.note,
        "problem": proposal.problem,
        "policy": list(proposal.verdict.reasons),
        "approvers": list(proposal.verdict.approvers),
    }


def _told(step: RehearsedStep) -> dict[str, JsonValue]:
    return {
        "key": step.key,
        "title": step.title,
        "target": str(step.target),
        "offered": step.is_offered,
        "diff": [str(edit) for edit in step.diff],
        "problem": step.problem,
        "policy": list(step.verdict.reasons),
        "approvers": list(step.verdict.approvers),
        "approvals": step.verdict.approvals,
        "warnings": list(step.warnings),
    }
