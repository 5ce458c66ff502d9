"""How fast it gets worse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from cluster_doctor.domain.prediction import Prediction, is_near
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.triage import BlastRadius
from cluster_doctor.snapshot.records import Metric
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Claim, Ingress, Node, ResourceQuota, Secret

NEARLY_FULL = Decimal("0.9")
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


def urgency_of(
    cluster: ClusterSnapshot, radius: BlastRadius, starts: Iterable[ObjectRef], predictions: Iterable[Prediction] = ()
) -> Urgency:
    """Look for what is full, has run out, keeps crashing or is about to end among what is affected."""
    claims, nodes = _claims(cluster, radius, starts), _nodes(cluster, radius, starts)
    secrets = _secrets(cluster, radius)
    touched = {*starts, *radius.workloads, *claims, *(Node.ref_to(None, name) for name in nodes), *secrets}
    reasons = [
        *_crashing(cluster, radius),
        *_quotas(cluster, radius),
        *_disks(cluster, claims, nodes),
        *_expired(cluster, secrets),
        *(one.message for one in predictions if one.subject in touched and is_near(one, cluster.taken_at)),
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


def _claims(cluster: ClusterSnapshot, radius: BlastRadius, starts: Iterable[ObjectRef]) -> list[ObjectRef]:
    found = {
        Claim.ref_to(ref.namespace, name)
        for ref in radius.workloads
        for pod in cluster.pods_of(ref)
        for name, _ in pod.spec.claims()
    }
    return sorted(found | {ref for ref in starts if ref.kind == Claim.kind})


def _nodes(cluster: ClusterSnapshot, radius: BlastRadius, starts: Iterable[ObjectRef]) -> list[str]:
    names = {ref.name for ref in starts if ref.kind == Node.kind}
    names |= {pod.node_name for ref in radius.workloads for pod in cluster.pods_of(ref)}
    return sorted(names - {""})


def _secrets(cluster: ClusterSnapshot, radius: BlastRadius) -> list[ObjectRef]:
    """Secrets with the certificates of the affected routes."""
    found: dict[ObjectRef, None] = {}
    for route in radius.routes:
        ingress = cluster.get(Ingress, route.namespace, route.name)
        for name, _ in ingress.tls_secrets() if ingress else ():
            found.setdefault(Secret.ref_to(route.namespace, name))
    return list(found)


def _disks(cluster: ClusterSnapshot, claims: Iterable[ObjectRef], nodes: Iterable[str]) -> list[str]:
    found = []
    for claim in claims:
        series = cluster.series(claim, Metric.VOLUME_USED)
        if series and series.values and series.values[-1] >= float(NEARLY_FULL):
            found.append(f"{claim} is {series.values[-1]:.0%} full")
    for name in nodes:
        node = cluster.get(Node, None, name)
        if node and node.condition("DiskPressure").get("status") == "True":
            found.append(f"node {name} runs out of disk and evicts Pods")
    return found


def _expired(cluster: ClusterSnapshot, secrets: Iterable[ObjectRef]) -> list[str]:
    found = []
    for ref in secrets:
        secret = cluster.get(Secret, ref.namespace, ref.name)
        until = parse_time(secret.facts("tls.crt").get("not_after")) if secret else None
        if until and until < cluster.taken_at:
            found.append(f"the certificate in Secret {ref.namespace}/{ref.name} expired on {until:%Y-%m-%d}")
    return found
