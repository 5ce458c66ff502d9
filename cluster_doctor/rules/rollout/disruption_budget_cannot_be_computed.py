"""A disruption budget that nobody can work out."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import DisruptionBudget, condition_message


@rule(Severity.WARNING, subject=DisruptionBudget, directness=Directness.STATED)
def disruption_budget_cannot_be_computed(budget: DisruptionBudget, cluster: ClusterSnapshot) -> Matches:
    """The controller cannot work out how many disruptions the PodDisruptionBudget allows, so it allows none.

    Why it matters:
        Every eviction of its Pods is refused, and a drain of their nodes waits for ever. The usual reasons: a Pod
        without a controller, or one whose controller cannot be scaled, under a budget in percent or `maxUnavailable`.

    Fires on:
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec: {maxUnavailable: 1}
        status:
          disruptionsAllowed: 0
          conditions:
          - {type: DisruptionAllowed, status: 'False', reason: SyncFailed, message: found no controller ref for
              pod "web-0"}

    Stays quiet on:
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec: {maxUnavailable: 1}
        status:
          disruptionsAllowed: 0
          conditions:
          - {type: DisruptionAllowed, status: 'False', reason: InsufficientPods}

    Remedy:
        Correct the selector so that it holds only Pods of controllers that can be scaled, or write `minAvailable`
        as a number.

    References:
        https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/pod-disruption-budget-v1/#PodDisruptionBudgetStatus
        https://kubernetes.io/docs/tasks/run-application/configure-pdb/#arbitrary-controllers-and-selectors
    """
    condition = budget.condition("DisruptionAllowed")
    if condition.get("status") != "False" or condition.get("reason") != "SyncFailed" or budget.deleted_at:
        return
    yield Match(
        message=f"PodDisruptionBudget {budget.name} cannot be computed: {condition_message(condition)}",
        evidence=(budget.cite(f"{budget.condition_path('DisruptionAllowed')}.reason"),),
        blame=budget.ref,
        since=parse_time(condition.get("lastTransitionTime")),
    )
