"""Disruption budgets that stand in the way although nothing is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from cluster_doctor.snapshot.paths import integer
from cluster_doctor.snapshot.selectors import matches_selector
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import DisruptionBudget, Event, Node, Pod


def blocked_while_well(budget: DisruptionBudget) -> int:
    """Count the Pods of a budget that allows no eviction while all of them are healthy; 0 if that is not so."""
    status = budget.mapping("status")
    expected = integer(status, "expectedPods")
    if integer(status, "disruptionsAllowed") or integer(status, "currentHealthy") < expected:
        return 0
    return expected


def refused_evictions(budget: DisruptionBudget, cluster: ClusterSnapshot) -> Sequence[Event]:
    """Events about evictions in the budget's namespace that a budget refused."""
    return [
        e for e in cluster.all(Event) if "disruption budget" in e.message and e.regarding.namespace == budget.namespace
    ]


def on_cordoned_nodes(budget: DisruptionBudget, cluster: ClusterSnapshot) -> Sequence[Pod]:
    """Pods of a budget that a drain would have to evict: their node takes no more Pods."""
    cordoned = {node.name for node in cluster.all(Node) if node.cordoned}
    selector = budget.mapping("spec", "selector")
    return [
        pod
        for pod in cluster.within(Pod, budget.namespace)
        if pod.node_name in cordoned and pod.expected_to_run and matches_selector(selector, pod.labels)
    ]
