"""Plans repairs, and writes approved plans down. It holds no tool that writes to a cluster."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from cluster_doctor.domain.diagnosis import Diagnosis
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.remediation import Approval, Decision, Outcome, Rehearsal, RemediationPlan
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.tools.exporting import export_plans
from cluster_doctor.tools.reasoning import plan_for


def plan_repairs(cluster: ClusterSnapshot, diagnosis: Diagnosis) -> tuple[RemediationPlan, ...]:
    """Plan a repair for each root cause that has one, in the order of the causes."""
    plans = (plan_for(cluster, cause) for cause in diagnosis.root_causes)
    return tuple(plan for plan in plans if plan)


def plans_digest(plans: Sequence[RemediationPlan], identity: ClusterIdentity | None) -> str:
    """SHA-256 over the plans and the cluster that they are for; empty if there is nothing to approve."""
    if not plans:
        return ""
    parts = [plan.digest for plan in plans] + [identity.model_dump_json() if identity else ""]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def rehearse(digest: str) -> Rehearsal:
    """The place of the dry run. Nothing is written in this version, so there is nothing to rehearse."""
    return Rehearsal(plan_digest=digest)


def still_holds(approval: Approval, plans: Sequence[RemediationPlan], identity: ClusterIdentity | None) -> str:
    """The place of the second look at the cluster. Say why an approval does not count; empty if it does."""
    digest = plans_digest(plans, identity)
    if approval.digest != digest:
        return f"the approval names {approval.digest[:12] or 'nothing'}, the plan is {digest[:12]}"
    return ""


def carry_out(approval: Approval, objection: str, plans: Sequence[RemediationPlan], folder: Path) -> Outcome:
    """Write an approved plan into files; decline it where the approval does not count.

    Returns:
        What happened. `applied` stays False: a person applies what was exported.
    """
    if objection:
        return Outcome(decision=Decision.DECLINE, note=objection)
    match approval.decision:
        case Decision.DECLINE:
            return Outcome(decision=Decision.DECLINE, note=approval.reason)
        case Decision.APPROVE:
            exported = export_plans(plans, folder)
            return Outcome(
                decision=Decision.APPROVE, exported=exported, note=f"approved by {approval.approver}; nothing applied"
            )
