"""How fast it gets worse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.triage import BlastRadius
from cluster_doctor.snapshot.records import Metric
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Ingress, Node, ResourceQuota, Secret

NEARLY_FULL = Decimal("0.9")
SOON = timedelta(days=7)
RECENT = timedelta(minutes=30)
MANY_RESTARTS = 5


@dataclass(frozen=True)
class Urgency:
    """Whether it gets worse, and by what."""

    rising: bool
    reasons: tuple[str, ...]

    @property
    def statement(self) -> str:
        """The urgency as one sentence."""
        return "; ".join(self.reasons) if self.reasons else "no sign that it gets worse"


def urgency_of(cluster: ClusterSnapshot, radius: BlastRadius, starts: Iterable[ObjectRef]) -> Urgency:
    """Look for what fills up, runs out or keeps crashing among what is affected."""
    reasons = [
        *_crashing(cluster, radius),
        *_quotas(cluster, radius),
        *_disks(cluster, radius, starts),
        *_expiring(cluster, radius),
    ]
    return Urgency(rising=bool(reasons), reasons=tuple(reasons[:6]))


def _crashing(cluster: ClusterSnapshot, radius: BlastRadius) -> list[str]:
    found = []
    for ref in radius.workloads:
        restarts = 0
        for pod in cluster.pods_of(ref):
            for container in pod.containers:
                ended = parse_time(container.last_terminated.get("finishedAt"))
                if ended and cluster.taken_at - ended < RECENT:
                    restarts += container.restarts
        if restarts >= MANY_RESTARTS:
            found.append(f"{ref} keeps crashing: {restarts} restarts, the last within {RECENT.seconds // 60} minutes")
    return found


def _quotas(cluster: ClusterSnapshot, radius: BlastRadius) -> list[str]:
    return [
        f"quota {quota.name} in {quota.namespace} has {used / hard:.0%} of {name} in use"
        for namespace in radius.namespaces
        for quota in cluster.within(ResourceQuota, namespace)
        for name, used, hard in quota.usage()
        if hard and used / hard >= NEARLY_FULL
    ]


def _disks(cluster: ClusterSnapshot, radius: BlastRadius, starts: Iterable[ObjectRef]) -> list[str]:
    found = []
    claims = {
        ObjectRef(kind="PersistentVolumeClaim", name=name, namespace=ref.namespace)
        for ref in radius.workloads
        for pod in cluster.pods_of(ref)
        for name, _ in pod.spec.claims()
    }
    for claim in sorted(claims | {ref for ref in starts if ref.kind == "PersistentVolumeClaim"}):
        series = cluster.series(claim, Metric.VOLUME_USED)
        if series and series.values and series.values[-1] >= float(NEARLY_FULL):
            found.append(f"{claim} is {series.values[-1]:.0%} full")
    names = {ref.name for ref in starts if ref.kind == "Node"}
    names |= {pod.node_name for ref in radius.workloads for pod in cluster.pods_of(ref)}
    for name in sorted(names - {""}):
        node = cluster.get(Node, None, name)
        if node and node.condition("DiskPressure").get("status") == "True":
            found.append(f"node {name} runs out of disk and evicts Pods")
    return found


def _expiring(cluster: ClusterSnapshot, radius: BlastRadius) -> list[str]:
    found = []
    for route in radius.routes:
        ingress = cluster.get(Ingress, route.namespace, route.name)
        for name, _ in ingress.tls_secrets() if ingress else ():
            secret = cluster.get(Secret, route.namespace, name)
            until = parse_time(secret.facts("tls.crt").get("not_after")) if secret else None
            if until and until < cluster.taken_at:
                found.append(f"the certificate in Secret {route.namespace}/{name} expired on {until:%Y-%m-%d}")
            elif until and until - cluster.taken_at < SOON:
                found.append(f"the certificate in Secret {route.namespace}/{name} expires on {until:%Y-%m-%d}")
    return found
