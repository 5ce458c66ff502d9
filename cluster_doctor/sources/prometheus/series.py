"""Series of Prometheus as records, for the objects at hand."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import JsonValue

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.paths import dig, objects, strings
from cluster_doctor.snapshot.records import MetricSeries
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, DaemonSet, Deployment, Node, Pod, StatefulSet
from cluster_doctor.sources.prometheus.queries import About, Query, at_host, equals, fill, one_of

MOST_PODS = 60
MOST_NODES = 20
WINDOW = timedelta(hours=2)
STEP = timedelta(minutes=1)


@dataclass(frozen=True)
class AtHand:
    """The objects whose series are of interest in one namespace: a bounded number of Pods, and where they run."""

    namespace: str
    pods: tuple[str, ...]
    nodes: tuple[str, ...]
    claims: bool
    workloads: tuple[str, ...]


def at_hand(cluster: ClusterSnapshot, namespace: str) -> AtHand:
    """Choose: what is not well first, then one Pod of each workload after the other."""
    pods = sorted(
        (pod for pod in cluster.within(Pod, namespace) if not pod.finished),
        key=lambda pod: (pod.ready, -sum(container.restarts for container in pod.containers), pod.name),
    )[:MOST_PODS]
    nodes = sorted({pod.node_name for pod in pods if pod.node_name})[:MOST_NODES]
    return AtHand(
        namespace=namespace,
        pods=tuple(pod.name for pod in pods),
        nodes=tuple(nodes),
        claims=bool(cluster.within(Claim, namespace)),
        workloads=tuple(sorted({cluster.workload_ref(pod.ref).name for pod in pods})),
    )


def expression(query: Query, hand: AtHand, cluster: ClusterSnapshot) -> str | None:
    """The query for the objects at hand; None if there is none that it could be about."""
    match query.about:
        case About.POD:
            inside = f"{equals('namespace', hand.namespace)},{one_of('pod', hand.pods)}"
            return fill(query, inside) if hand.pods else None
        case About.CLAIM:
            return fill(query, equals("namespace", hand.namespace)) if hand.claims else None
        case About.NODE:
            hosts = [name for node in hand.nodes for name in _names_of(cluster, node)]
            return fill(query, at_host("instance", hosts)) if hosts else None
        case About.WORKLOAD:
            place = equals("destination_workload_namespace", hand.namespace)
            return fill(query, f"{place},{one_of('destination_workload', hand.workloads)}") if hand.workloads else None


def _names_of(cluster: ClusterSnapshot, node: str) -> list[str]:
    """How an exporter on a node may be called: by the node's name or by one of its addresses."""
    view = cluster.get(Node, None, node)
    return [node, *(str(row.get("address")) for _, row in (view.objects("status", "addresses") if view else []))]


def read_series(
    query: Query, asked: str, answer: JsonValue, hand: AtHand, cluster: ClusterSnapshot
) -> Iterator[MetricSeries]:
    """Read a matrix; samples that are no numbers are left out."""
    for _, row in objects(answer if isinstance(answer, dict) else {}, "data", "result"):
        subject = _subject(query.about, strings(row, "metric"), hand, cluster)
        samples = list(_samples(dig(row, "values")))
        if subject and samples:
            yield MetricSeries(
                subject=subject,
                metric=query.metric,
                times=tuple(moment for moment, _ in samples),
                values=tuple(value * query.factor for _, value in samples),
                query=asked,
            )


def _samples(values: JsonValue) -> Iterator[tuple[float, float]]:
    for sample in values if isinstance(values, list) else []:
        match sample:
            case [int() | float() as moment, str() as value]:
                try:
                    number = float(value)
                except ValueError:
                    continue
                if math.isfinite(number):
                    yield float(moment), number


def _subject(about: About, labels: dict[str, str], hand: AtHand, cluster: ClusterSnapshot) -> ObjectRef | None:
    match about:
        case About.POD:
            return Pod.ref_to(hand.namespace, labels["pod"]) if labels.get("pod") else None
        case About.CLAIM:
            name = labels.get("persistentvolumeclaim")
            return Claim.ref_to(hand.namespace, name) if name else None
        case About.NODE:
            host = labels.get("node") or labels.get("instance", "").rpartition(":")[0] or labels.get("instance", "")
            known = next((node for node in hand.nodes if host in _names_of(cluster, node)), None)
            return Node.ref_to(None, known) if known else None
        case About.WORKLOAD:
            return _workload(labels.get("destination_workload", ""), hand.namespace, cluster)


def _workload(name: str, namespace: str, cluster: ClusterSnapshot) -> ObjectRef | None:
    for kind in (Deployment, StatefulSet, DaemonSet):
        if cluster.get(kind, namespace, name):
            return kind.ref_to(namespace, name)
    return None


def span(end: datetime) -> dict[str, str]:
    """The range that is asked for."""
    return {
        "start": f"{(end - WINDOW).timestamp():.0f}",
        "end": f"{end.timestamp():.0f}",
        "step": f"{STEP.total_seconds():.0f}",
    }
