"""Pods that more than one disruption budget is about."""

from __future__ import annotations

from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.rollout.evictions import on_cordoned_nodes
from cluster_doctor.snapshot.selectors import matches_selector
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import DisruptionBudget, Node, Pod


@rule(Severity.ERROR, subject=DisruptionBudget, needs=(Pod, Node))
def disruption_budgets_overlap(budget: DisruptionBudget, cluster: ClusterSnapshot) -> Matches:
    """Two disruption budgets select a Pod that a drain has to evict, which the API server then refuses.

    Why it matters:
        An eviction is judged by one budget. Where there are two it fails whatever they allow, so that a drain of the
        node never ends.

    Fires on:
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
        ---
        kind: PodDisruptionBudget
        metadata: {name: web-old}
        spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
        ---
        kind: Pod
        metadata: {name: web-0, labels: {app: web}}
        spec: {nodeName: n1, containers: [{name: app}]}
        status: {phase: Running}
        ---
        kind: Node
        metadata: {name: n1}
        spec: {unschedulable: true}

    Stays quiet on:
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
        ---
        kind: Pod
        metadata: {name: web-0, labels: {app: web}}
        spec: {nodeName: n1, containers: [{name: app}]}
        status: {phase: Running}
        ---
        kind: Node
        metadata: {name: n1}
        spec: {unschedulable: true}

    Remedy:
        Delete one of the budgets, or narrow its selector.

    References:
        https://kubernetes.io/docs/tasks/run-application/configure-pdb/#arbitrary-controllers-and-selectors
    """
    alike = [other for other in cluster.within(DisruptionBudget, budget.namespace) if other.name < budget.name]
    for pod in on_cordoned_nodes(budget, cluster) if alike else ():
        other = next((one for one in alike if matches_selector(one.mapping("spec", "selector"), pod.labels)), None)
        if other is None:
            continue
        yield Match(
            message=f"PodDisruptionBudgets {other.name} and {budget.name} both select Pod {pod.name} on cordoned node "
            f"{pod.node_name}, which can therefore not be evicted",
            evidence=(budget.cite("spec.selector"), other.cite("spec.selector"), pod.cite("spec.nodeName")),
            blame=budget.ref,
            facts=(("other", other.name), ("pod", pod.name)),
        )
        return
