"""Which workloads are slow or failing, and where in the call graph that begins.

A caller waits for whom it calls, so slowness climbs from callee to caller. An origin is a workload that is
slow or failing while nothing that it calls is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.performance.steps import Step, stands_out, step_down, step_up
from cluster_doctor.rules.performance.trends import recent_level
from cluster_doctor.snapshot.records import Alert, Anomaly, Metric, MetricSeries
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node

NOTABLE = 1.5
"""A figure that grew by less than half is within what load changes do."""


LEAST_DELAY = 20.0
"""Milliseconds: a rise from one to two of them is nobody's wait."""
LEAST_CORES = 0.1
LEAST_FAILING = 0.05
"""Share of the requests that fail since a step; fewer are what retries are for."""

Deviation = Alert | Step
"""A figure beside what it was before: an alert says so, or a series shows it."""


def growth(alert: Deviation) -> float:
    """How many times larger the figure is than before; infinite where there was nothing before."""
    if alert.now is None:
        return NOTABLE
    if not alert.before:
        return float("inf") if alert.now else 0.0
    return alert.now / alert.before


def slowdowns(ref: ObjectRef, cluster: ClusterSnapshot) -> Sequence[Deviation]:
    """Rises of a workload's latency that are worth following: what alerts say, else what its series shows."""
    told = [a for a in cluster.alerts_on(ref) if a.anomaly is Anomaly.LATENCY]
    if told:
        return [alert for alert in told if growth(alert) >= NOTABLE]
    return _steps(ref, cluster, (Metric.LATENCY_MEDIAN, Metric.LATENCY_HIGH), LEAST_DELAY)


def errors(ref: ObjectRef, cluster: ClusterSnapshot) -> Sequence[Deviation]:
    """Signs that a workload answers with errors: what alerts say, else a fall of its share of successes."""
    told = [a for a in cluster.alerts_on(ref) if a.anomaly is Anomaly.ERRORS]
    series = None if told else cluster.series(ref, Metric.SUCCESS)
    fall = step_down(series, cluster.taken_at, LEAST_FAILING * _whole(series)) if series else None
    return [fall] if fall else told


def _whole(series: MetricSeries) -> float:
    """Some write a share of successes as 0 to 1, others as 0 to 100."""
    return 100.0 if max(series.values, default=0.0) > 1.5 else 1.0


def _steps(ref: ObjectRef, cluster: ClusterSnapshot, metrics: tuple[Metric, ...], least: float) -> list[Step]:
    def read() -> list[Step]:
        found = (cluster.series(ref, metric) for metric in metrics)
        steps = [step_up(series, cluster.taken_at, NOTABLE, least) for series in found if series]
        return [step for step in steps if step]

    return cluster.remember(("steps", ref, metrics), read)


def troubled(cluster: ClusterSnapshot) -> frozenset[ObjectRef]:
    """Workloads with latency or error alerts."""

    def read() -> frozenset[ObjectRef]:
        subjects = {alert.subject for alert in cluster.alerts if alert.subject and alert.subject.kind != "Node"}
        subjects |= {series.subject for series in cluster.metrics if series.metric in _OF_REQUESTS}
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


def burst(ref: ObjectRef, cluster: ClusterSnapshot) -> Sequence[Deviation]:
    """Rises of a workload's CPU use, not just a limit that is touched.

    What rises with the requests is load. So is what rises in all of several replicas alike, where nobody counted
    requests.
    """
    alerts = [alert for alert in cluster.alerts_on(ref) if alert.anomaly is Anomaly.CPU]
    rises = [alert for alert in alerts if alert.before is not None and growth(alert) >= 2]
    if alerts or ref not in troubled(cluster):
        return [*rises, *(alert for alert in alerts if alert not in rises)] if rises else []
    pods = [pod.ref for pod in cluster.pods_of(ref)]
    found = [step for one in (ref, *pods) for step in _steps(one, cluster, (Metric.CPU_CORES,), LEAST_CORES)]
    found = [step for step in found if growth(step) >= 2]
    requests = cluster.series(ref, Metric.REQUESTS)
    if not found:
        return []
    if requests is None:
        return [] if len(found) == len(pods) > 1 else found
    load = load_step(ref, cluster)
    return [step for step in found if load is None or growth(step) > NOTABLE * growth(load)]


def load_step(ref: ObjectRef, cluster: ClusterSnapshot) -> Step | None:
    """The step by which a workload's requests rose: what is slow under more load is not slow by itself."""
    series = cluster.series(ref, Metric.REQUESTS)
    return step_up(series, cluster.taken_at, NOTABLE) if series else None


_OF_REQUESTS = frozenset({Metric.LATENCY_MEDIAN, Metric.LATENCY_HIGH, Metric.SUCCESS})


def retransmissions(node: Node, cluster: ClusterSnapshot) -> Sequence[Deviation]:
    """Rises of the segments that a node sends again, beyond what other nodes do."""
    told = [alert for alert in cluster.alerts_on(node.ref) if alert.anomaly is Anomaly.RETRANSMISSION]
    series = cluster.series(node.ref, Metric.RETRANSMITS)
    if told or series is None:
        return told
    step = step_up(series, cluster.taken_at, NOTABLE)
    others = (cluster.series(other.ref, Metric.RETRANSMITS) for other in cluster.all(Node) if other.ref != node.ref)
    peers = [recent_level(other.values) for other in others if other and other.values]
    return [step] if step and stands_out(step.now, peers) else []
