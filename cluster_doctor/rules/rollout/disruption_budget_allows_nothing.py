"""A disruption budget that allows no disruption although all is well."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.rollout.evictions import blocked_while_well, on_cordoned_nodes, refused_evictions
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import DisruptionBudget, Event, Node, Pod


@rule(Severity.WARNING, subject=DisruptionBudget, needs=(Event, Node, Pod))
def disruption_budget_allows_nothing(budget: DisruptionBudget, cluster: ClusterSnapshot) -> Matches:
    """The PodDisruptionBudget allows no eviction while all its Pods are healthy.

    Why it matters:
        A drain of any node that holds such a Pod waits for ever, and with it every upgrade.

    Fires on:
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec: {minAvailable: 2}
        status: {disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2, expectedPods: 2}
        ---
        kind: Node
        metadata: {name: n1}
        spec: {unschedulable: true}
        ---
        kind: Event
        metadata: {name: e}
        involvedObject: {kind: Pod, name: web-0}
        reason: FailedEviction
        type: Warning
        message: Cannot evict pod as it would violate the pod's disruption budget.

    Stays quiet on:
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec: {minAvailable: 1}
        status: {disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2}

    Remedy:
        Allow at least one disruption: `maxUnavailable: 1`, or one replica more than `minAvailable`.

    References:
        https://kubernetes.io/docs/tasks/run-application/configure-pdb/
    """
    expected = blocked_while_well(budget)
    refused = refused_evictions(budget, cluster)
    waiting = on_cordoned_nodes(budget, cluster)
    if not expected or not (refused or waiting):
        return  # it holds nobody up today
    yield Match(
        message=f"PodDisruptionBudget {budget.name} allows no eviction although all {expected} Pods are healthy"
        + (f"; Pod {waiting[0].name} stays on cordoned node {waiting[0].node_name}" if waiting else ""),
        evidence=(
            budget.cite("spec"),
            budget.cite("status.disruptionsAllowed"),
            *(event.cite_message() for event in refused[:1]),
            *(pod.cite("spec.nodeName") for pod in waiting[:1]),
        ),
        blame=budget.ref,
        facts=(("expected", str(expected)),),
        directness=Directness.STATED,
    )
