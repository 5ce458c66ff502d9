"""Plans repairs, rehearses them, carries out what a person approved, and sees whether it healed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cluster_doctor.domain.diagnosis import Diagnosis
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.outcome import StepOutcome, StepState
from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.rehearsal import Rehearsal
from cluster_doctor.domain.remediation import Approval, Decision, Outcome, RemediationPlan
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.tools.exporting import export_plans
from cluster_doctor.tools.reasoning import plan_for
from cluster_doctor.tools.writing import (
    Consent,
    Mandate,
    WriteAccess,
    apply_steps,
    confirm,
    rehearse_plans,
    undo_steps,
    weigh,
)

Plans = Sequence[RemediationPlan]
VALID = timedelta(hours=1)
"""How long after the rehearsal an approval may be given, and how long after that a step may be begun."""
_ANYBODYS = PolicyVerdict(allowed=True, reasons=("files are written, and nothing else",))


def plan_repairs(cluster: ClusterSnapshot, diagnosis: Diagnosis) -> tuple[RemediationPlan, ...]:
    """Plan a repair for each root cause that has one, in the order of the causes."""
    plans = (plan_for(cluster, cause) for cause in diagnosis.root_causes)
    return tuple(plan for plan in plans if plan)


def plans_digest(plans: Plans, identity: ClusterIdentity | None) -> str:
    """SHA-256 over the plans and the cluster that they are for; empty if there is nothing to approve."""
    if not plans:
        return ""
    parts = [plan.digest for plan in plans] + [identity.model_dump_json() if identity else ""]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def rehearse(access: WriteAccess | None, plans: Plans, cluster: ClusterSnapshot) -> Rehearsal:
    """Try the plans on the cluster, where a policy lets anything be changed there.

    Raises:
        ClusterUnavailable: the cluster cannot be reached any more.
    """
    return rehearse_plans(access, plans, plans_digest(plans, cluster.identity), cluster)


def digest_of(plans: Plans, identity: ClusterIdentity | None, rehearsal: Rehearsal) -> str:
    """What an approval has to name: all that was rehearsed where a step is offered, else the plans."""
    return rehearsal.digest if rehearsal.offered else plans_digest(plans, identity)


def consent_to(
    approvals: Sequence[Approval],
    plans: Plans,
    identity: ClusterIdentity | None,
    rehearsal: Rehearsal,
    now: datetime,
) -> Consent:
    """Weigh what people said so far. Where nothing is to be written to, the first word is enough."""
    digest = digest_of(plans, identity, rehearsal)
    offered = {step.key: step.verdict for step in rehearsal.offered} or {"": _ANYBODYS}
    return weigh(offered, approvals, digest, now)


def lapses_at(approval: Approval) -> datetime | None:
    """When an approval counts no more for what was not begun: when it says so, else an hour after it was given."""
    return approval.expires_at or (approval.decided_at + VALID if approval.decided_at else None)


def out_of_date(rehearsal: Rehearsal, now: datetime) -> str:
    """Say why what was rehearsed cannot be approved any more; empty if it can."""
    if not rehearsal.offered or rehearsal.at is None or now <= rehearsal.at + VALID:
        return ""
    latest = rehearsal.at + VALID
    return f"the approval came too late: it counted until {latest:%H:%M:%S} UTC; rehearse the plan again"


def decline(approval: Approval, objection: str) -> Outcome | None:
    """End it where the approval does not count, or declines; None where it approves."""
    if objection:
        return Outcome(decision=Decision.DECLINE, note=objection)
    if approval.decision is Decision.DECLINE:
        return Outcome(decision=Decision.DECLINE, note=approval.reason)
    return None


def write_down(approval: Approval, plans: Plans, folder: Path) -> Outcome:
    """Write approved plans into files, for a person who applies them."""
    note = f"approved by {approval.approver}; nothing applied"
    return Outcome(decision=Decision.APPROVE, exported=export_plans(plans, folder), note=note)


def carry_out(mandate: Mandate, approval: Approval) -> Outcome:
    """Carry out the approved steps in the cluster.

    Raises:
        ClusterUnavailable: the cluster cannot be reached; going on later finds out what happened.
    """
    offered = [step.key for step in mandate.rehearsal.offered]
    outcomes = apply_steps(mandate, offered if approval.steps is None else approval.steps)
    failed = next((outcome for outcome in outcomes if outcome.state is not StepState.APPLIED), None)
    return Outcome(
        decision=Decision.APPROVE,
        applied=failed is None,
        steps=outcomes,
        note=f"approved by {approval.approver}" + (f"; step {failed.key}: {failed.note}" if failed else ""),
    )


def see_through(mandate: Mandate, outcome: Outcome, look: Callable[[], ClusterSnapshot]) -> Outcome:
    """See whether what was applied healed; take it back where it did not, and say what a person has to see to.

    Args:
        mandate: what was approved.
        outcome: what became of it so far.
        look: takes a new picture.

    Raises:
        ClusterUnavailable: the cluster cannot be reached; going on later finds out what happened.
    """
    applied = [step for step in outcome.steps if step.state is StepState.APPLIED]
    if not applied:
        return outcome
    problem = "not every step could be carried out"
    if outcome.applied:
        seen = confirm(mandate, [mandate.plans[number] for number in sorted(_plans_of(applied))], look)
        if seen.healed:
            return outcome.model_copy(update={"healed": True, "note": f"{outcome.note}; {seen.note}"})
        problem = f"it did not heal: {seen.note}"
    undone = undo_steps(mandate, outcome.steps)
    stands = [step for step in undone if step.state is not StepState.UNDONE]
    told = "; ".join(f"step {step.key} could not be taken back: {step.note}" for step in stands)
    kept = [step for step in outcome.steps if step.state is not StepState.APPLIED]
    return outcome.model_copy(
        update={
            "applied": False,
            "healed": False,
            "steps": (*kept, *undone),
            "escalated": f"{problem}; {told or 'all was taken back'}",
        }
    )


def _plans_of(steps: Sequence[StepOutcome]) -> set[int]:
    """Positions of the plans that steps belong to."""
    return {int(step.key.partition(".")[0]) - 1 for step in steps}


def now() -> datetime:
    """The time by our own clock."""
    return datetime.now(UTC)
