"""Which workloads are slow or failing, and where in the call graph that begins.

A caller waits for whom it calls, so slowness climbs from callee to caller. An origin is a workload that is
slow or failing while nothing that it calls is.
"""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.records import Alert, Anomaly
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

NOTABLE = 1.5
"""A figure that grew by less than half is within what load changes do."""


def growth(alert: Alert) -> float:
    """How many times larger the figure is than before; infinite where there was nothing before."""
    if alert.now is None:
        return NOTABLE
    if not alert.before:
        return float("inf") if alert.now else 0.0
    return alert.now / alert.before


def slowdowns(ref: ObjectRef, cluster: ClusterSnapshot) -> list[Alert]:
    """Latency alerts on a workload that are worth following."""
    return [a for a in cluster.alerts_on(ref) if a.anomaly is Anomaly.LATENCY and growth(a) >= NOTABLE]


def errors(ref: ObjectRef, cluster: ClusterSnapshot) -> list[Alert]:
    """Error alerts on a workload."""
    return [a for a in cluster.alerts_on(ref) if a.anomaly is Anomaly.ERRORS]


def troubled(cluster: ClusterSnapshot) -> frozenset[ObjectRef]:
    """Workloads with latency or error alerts."""

    def read() -> frozenset[ObjectRef]:
        subjects = {alert.subject for alert in cluster.alerts if alert.subject and alert.subject.kind != "Node"}
        return frozenset(ref for ref in subjects if slowdowns(ref, cluster) or errors(ref, cluster))

    return cluster.remember("troubled workloads", read)


def origins(cluster: ClusterSnapshot) -> list[ObjectRef]:
    """Troubled workloads that call nobody who is troubled.

    Where nearly all that one troubled workload calls is slow and nothing else is, that workload is the one
    origin: the callees' figures count the way that they share, which is its link.
    """

    def read() -> list[ObjectRef]:
        ill = troubled(cluster)
        deepest = sorted(ref for ref in ill if not any(callee in ill for callee in _reachable(ref, cluster)))
        shared = [ref for ref in sorted(ill) if _is_shared_caller(ref, deepest, cluster)]
        return shared if len(shared) == 1 else deepest

    return cluster.remember("origins of slowness", read)


NEARLY_ALL = 0.75


def _is_shared_caller(ref: ObjectRef, deepest: list[ObjectRef], cluster: ClusterSnapshot) -> bool:
    called = {callee for callee in cluster.callees_of(ref) if callee.kind != "Service"}
    return len(deepest) > 1 and set(deepest) <= called and len(deepest) >= NEARLY_ALL * len(called)


def _reachable(ref: ObjectRef, cluster: ClusterSnapshot) -> Iterator[ObjectRef]:
    seen, queue = {ref}, [ref]
    while queue:
        for callee in cluster.callees_of(queue.pop()):
            if callee not in seen:
                seen.add(callee)
                queue.append(callee)
                yield callee


def nodes_of(ref: ObjectRef, cluster: ClusterSnapshot) -> set[str]:
    """Nodes that a workload's Pods run on."""
    return {pod.node_name for pod in cluster.pods_of(ref) if pod.node_name}


def shared_node(cluster: ClusterSnapshot) -> str:
    """The one node that several origins have in common; empty if there is none."""
    found = origins(cluster)
    if len(found) < 2:
        return ""
    common = set.intersection(*(nodes_of(ref, cluster) for ref in found))
    return next(iter(common)) if len(common) == 1 else ""


def burst(ref: ObjectRef, cluster: ClusterSnapshot) -> list[Alert]:
    """CPU alerts on a workload that show a rise, not just a limit that is touched."""
    alerts = [alert for alert in cluster.alerts_on(ref) if alert.anomaly is Anomaly.CPU]
    rises = [alert for alert in alerts if alert.before is not None and growth(alert) >= 2]
    return [*rises, *(alert for alert in alerts if alert not in rises)] if rises else []
