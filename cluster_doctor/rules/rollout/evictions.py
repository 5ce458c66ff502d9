"""Disruption budgets that stand in the way although nothing is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from cluster_doctor.snapshot.paths import integer
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import DisruptionBudget, Event


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
