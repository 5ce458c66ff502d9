"""What a person is asked: plain JSON, so that it can be shown anywhere."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from cluster_doctor.domain.rehearsal import Rehearsal, RehearsedStep
from cluster_doctor.domain.remediation import Approval, RemediationPlan


def question_of(
    digest: str,
    plans: Sequence[RemediationPlan],
    rehearsal: Rehearsal,
    approvals: Sequence[Approval] = (),
    awaits: str = "",
) -> dict[str, JsonValue]:
    """Put a plan to a person, with what the dry run showed, who approved so far, and the digest to name."""
    offered = bool(rehearsal.offered)
    return {
        "question": "Shall these steps be carried out in the cluster?"
        if offered
        else "Shall these plans be exported? Nothing is applied to the cluster.",
        "digest": digest,
        "identity": rehearsal.identity.model_dump(mode="json") if offered and rehearsal.identity else None,
        "steps": [_told(step) for step in rehearsal.steps],
        "approved_by": [approval.approver for approval in approvals],
        "awaits": awaits,
        "plans": [
            {"summary": plan.summary, "cause": plan.cause, "steps": [step.title for step in plan.steps]}
            for plan in plans
        ],
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
