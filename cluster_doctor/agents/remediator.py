"""Plans repairs, rehearses them, carries out what a person approved, and sees whether it healed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cluster_doctor.domain.diagnosis import Diagnosis
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.outcome import StepState
from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.proposal import ProposalOutcome, ProposalState
from cluster_doctor.domain.rehearsal import Rehearsal
from cluster_doctor.domain.remediation import Approval, Decision, Outcome, RemediationPlan, Route
from cluster_doctor.domain.step_keys import plan_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.tools.exporting import export_plans
from cluster_doctor.tools.proposing import (
    ProposalAccess,
    ProposalMandate,
    confirm_merge,
    look_up_proposals,
    make_proposals,
    rehearse_proposals,
)
from cluster_doctor.tools.reasoning import plans_for
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
    return plans_for(cluster, diagnosis.root_causes)


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
    return rehearsal.digest if rehearsal.offers else plans_digest(plans, identity)


def consent_to(
    approvals: Sequence[Approval],
    plans: Plans,
    identity: ClusterIdentity | None,
    rehearsal: Rehearsal,
    now: datetime,
) -> Consent:
    """Weigh what people said so far. Where nothing is to be written to, the first word is enough."""
    digest = digest_of(plans, identity, rehearsal)
    if not rehearsal.offers:
        return weigh({"": _ANYBODYS}, approvals, digest, now)
    return weigh(rehearsal.offers, approvals, digest, now, rehearsal.covered(None))


def lapses_at(approval: Approval) -> datetime | None:
    """When an approval counts no more for what was not begun: when it says so, else an hour after it was given."""
    return approval.expires_at or (approval.decided_at + VALID if approval.decided_at else None)


def out_of_date(rehearsal: Rehearsal, now: datetime) -> str:
    """Say why what was rehearsed cannot be approved any more; empty if it can."""
    if not rehearsal.offers or rehearsal.at is None or now <= rehearsal.at + VALID:
        return ""
    latest = rehearsal.at + VALID
    return f"the approval came too late: it counted until {latest:%H:%M:%S} UTC; rehearse the plan again"


def unasked(digest: str) -> Approval:
    """Decline for want of anybody who could be asked."""
    reason = "called from a program; nobody was asked"
    return Approval(decision=Decision.DECLINE, digest=digest, approver="nobody", reason=reason, decided_at=now())


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
    outcomes = apply_steps(mandate, mandate.rehearsal.covered(approval.steps))
    failed = next((outcome for outcome in outcomes if outcome.state is not StepState.APPLIED), None)
    return Outcome(
        decision=Decision.APPROVE,
        applied=bool(outcomes) and failed is None,
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
        seen = confirm(mandate, [step.key for step in applied], look)
        if seen.healed:
            update = {"healed": True, "note": f"{outcome.note}; {seen.note}"}
            if seen.left:
                update |= {"healed": None, "escalated": f"the cause is left to a person: {seen.left}"}
            return outcome.model_copy(update=update)
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


def rehearse_in_repositories(
    access: ProposalAccess | None, shown: Rehearsal, plans: Plans, cluster: ClusterSnapshot, diagnosis: Diagnosis
) -> Rehearsal:
    """Add to a rehearsal what the plans would change in the repositories that were named.

    They are for the cluster that was diagnosed, whichever the connection that would write has led to.
    """
    proposals = rehearse_proposals(access, plans, cluster, diagnosis.root_causes)
    if access is None or not proposals:
        return shown
    return shown.model_copy(
        update={
            "proposals": proposals,
            "identity": shown.identity if shown.performed else cluster.identity,
            "policy_digest": shown.policy_digest or access.policy_digest,
            "at": shown.at or now(),
        }
    )


def propose(mandate: ProposalMandate, approval: Approval, outcome: Outcome) -> Outcome:
    """Make the proposals that were approved.

    Raises:
        ClusterUnavailable: the cluster cannot be asked who it is; going on later finds out what happened.
    """
    made, patches = make_proposals(mandate, mandate.rehearsal.covered(approval.steps))
    return outcome.model_copy(update={"proposals": made, "exported": (*outcome.exported, *patches)})


def follow(access: ProposalAccess, outcome: Outcome) -> Outcome:
    """See what became of the proposals that wait for a merge."""
    return outcome.model_copy(update={"proposals": look_up_proposals(access, outcome.proposals)})


def see_merged(
    access: ProposalAccess,
    plans: Plans,
    outcome: Outcome,
    look: Callable[[], ClusterSnapshot] | None,
    before: ClusterSnapshot,
) -> Outcome:
    """See whether what was merged healed; nothing is reverted, because the repository is people's.

    Args:
        access: how long that may take.
        plans: all plans.
        outcome: what became of them so far.
        look: takes a new picture; None where a recording was diagnosed.
        before: the picture that was diagnosed.
    """
    merged = [proposal for proposal in outcome.proposals if proposal.state is ProposalState.MERGED]
    if not merged:
        return outcome
    if look is None:
        return outcome.model_copy(update={"note": f"{outcome.note}; merged; there is no cluster here to look at"})
    concerned = {plan_of(it.key): plans[plan_of(it.key) - 1] for it in merged}
    seen = confirm_merge(access, concerned, look, before)
    healed = seen.healed and outcome.healed is not False
    note = f"{outcome.note}; merged, {seen.note}" if seen.healed else outcome.note
    ways = f"{_delivery(list(concerned.values()))}{_way_back(merged)}"
    problem = "" if seen.healed else f"merged, and it did not heal: {seen.note}; {ways}"
    escalated = "; ".join(part for part in (outcome.escalated, problem) if part)
    return outcome.model_copy(update={"healed": healed, "note": note, "escalated": escalated})


def _delivery(plans: Plans) -> str:
    """What brings a merge into the cluster where nothing does by itself."""
    steps = (step for plan in plans for step in plan.steps if step.route is Route.GITOPS)
    commands = dict.fromkeys(f"`{step.command}`" for step in steps if step.command)
    return f"if it was not delivered yet: {', '.join(commands)}, then diagnose again; " if commands else ""


def _way_back(merged: Sequence[ProposalOutcome]) -> str:
    ways = [f"`git revert {it.commit}` on {it.base} of {it.repository}" for it in merged]
    return f"to take it back: {', '.join(ways)} (with `-m 1` for a merge commit), by pull request"


def now() -> datetime:
    """The time by our own clock."""
    return datetime.now(UTC)
