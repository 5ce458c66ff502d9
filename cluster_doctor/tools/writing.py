"""Tools that change a cluster, or try to without storing it. Only the remediator holds them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cluster_doctor.domain.remediation import RemediationPlan
from cluster_doctor.remediation.approvals.consent import Consent, weigh
from cluster_doctor.remediation.cluster import confirming
from cluster_doctor.remediation.cluster.access import WriteAccess
from cluster_doctor.remediation.cluster.carrying_out import Mandate, apply_steps, rehearse_plans, undo_steps
from cluster_doctor.remediation.cluster.confirming import Confirmation
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

__all__ = ["Consent", "Mandate", "WriteAccess", "apply_steps", "confirm", "rehearse_plans", "undo_steps", "weigh"]


def confirm(mandate: Mandate, plans: Sequence[RemediationPlan], look: Callable[[], ClusterSnapshot]) -> Confirmation:
    """Watch whether plans that were carried out healed what they were made for."""
    return confirming.confirm(
        look,
        [plan.fingerprint for plan in plans],
        [step.target for plan in plans for step in plan.steps],
        mandate.access.patience,
        mandate.cluster,
    )
