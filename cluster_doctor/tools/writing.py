"""Tools that change a cluster, or try to without storing it. Only the remediator holds them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from cluster_doctor.domain.step_keys import plan_of
from cluster_doctor.domain.trace_spans import traced_tool
from cluster_doctor.remediation.approvals.consent import Consent
from cluster_doctor.remediation.approvals.consent import weigh as _weigh
from cluster_doctor.remediation.cluster import confirming
from cluster_doctor.remediation.cluster.access import WriteAccess
from cluster_doctor.remediation.cluster.carrying_out import Mandate
from cluster_doctor.remediation.cluster.carrying_out import apply_steps as _apply_steps
from cluster_doctor.remediation.cluster.carrying_out import rehearse_plans as _rehearse_plans
from cluster_doctor.remediation.cluster.carrying_out import undo_steps as _undo_steps
from cluster_doctor.remediation.cluster.confirming import Confirmation
from cluster_doctor.remediation.cluster.rehearsing import steps_in
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

__all__ = ["Consent", "Mandate", "WriteAccess", "apply_steps", "confirm", "rehearse_plans", "undo_steps", "weigh"]

apply_steps = traced_tool(_apply_steps)
rehearse_plans = traced_tool(_rehearse_plans)
undo_steps = traced_tool(_undo_steps)
weigh = traced_tool(_weigh)


@traced_tool
def confirm(mandate: Mandate, keys: Collection[str], look: Callable[[], ClusterSnapshot]) -> Confirmation:
    """Watch whether the steps with some keys, which were carried out, healed what their plans were made for.

    Where all that was done for a plan only keeps the harm away, its cause may stay; the workloads have to be well.
    """
    made = [(key, step) for key, step in steps_in(mandate.plans) if key in keys]
    plans = {plan_of(key): mandate.plans[plan_of(key) - 1] for key, _ in made}
    relieved = {
        number
        for number in plans
        if all(step.type is not None and step.type.is_relief for key, step in made if plan_of(key) == number)
    }
    owners = [mandate.cluster.workload_ref(step.target) for key, step in made if plan_of(key) in relieved]
    seen = confirming.confirm(
        look,
        [plan.fingerprint for number, plan in plans.items() if number not in relieved],
        [*(step.target for _, step in made), *owners],
        mandate.access.patience,
        mandate.cluster,
        mandate.rules,
    )
    return replace(seen, left="; ".join(plans[number].cause for number in sorted(relieved)))
