"""Tools that change a cluster, or try to without storing it. Only the remediator holds them."""

from __future__ import annotations

from collections.abc import Callable, Collection

from cluster_doctor.domain.step_keys import plan_of
from cluster_doctor.remediation.approvals.consent import Consent, weigh
from cluster_doctor.remediation.cluster import confirming
from cluster_doctor.remediation.cluster.access import WriteAccess
from cluster_doctor.remediation.cluster.carrying_out import Mandate, apply_steps, rehearse_plans, undo_steps
from cluster_doctor.remediation.cluster.confirming import Confirmation
from cluster_doctor.remediation.cluster.rehearsing import steps_in
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

__all__ = ["Consent", "Mandate", "WriteAccess", "apply_steps", "confirm", "rehearse_plans", "undo_steps", "weigh"]


def confirm(mandate: Mandate, keys: Collection[str], look: Callable[[], ClusterSnapshot]) -> Confirmation:
    """Watch whether the steps with some keys, which were carried out, healed what their plans were made for."""
    made = [(key, step) for key, step in steps_in(mandate.plans) if key in keys]
    numbers = {plan_of(key) for key, _ in made}
    return confirming.confirm(
        look,
        [plan.fingerprint for number, plan in enumerate(mandate.plans, 1) if number in numbers],
        [step.target for _, step in made],
        mandate.access.patience,
        mandate.cluster,
    )
