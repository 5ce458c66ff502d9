"""What a Deployment needs beyond what it has while it rolls out."""

from __future__ import annotations

from decimal import Decimal

from pydantic import JsonValue

from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Deployment, PodSpec

_DEFAULT = "25%"


def must_surge(workload: Deployment) -> bool:
    """Tell whether the next rollout has to add a Pod before it may take one away.

    `maxUnavailable` is rounded down and `maxSurge` up; if both come to nothing, one Pod may be unavailable. A
    Deployment that is paused, or rolls out right now, is not asked.
    """
    if workload.text("spec", "strategy", "type") == "Recreate" or workload.flag("spec", "paused"):
        return False
    replicas = workload.wanted
    running = workload.integer("status", "replicas")
    if not replicas or running != replicas or workload.integer("status", "updatedReplicas") != running:
        return False
    rolling = workload.mapping("spec", "strategy", "rollingUpdate")
    gone = _pods(rolling.get("maxUnavailable", _DEFAULT), replicas, up=False)
    extra = _pods(rolling.get("maxSurge", _DEFAULT), replicas, up=True)
    return gone == 0 and bool(extra)


def _pods(value: JsonValue, replicas: int, *, up: bool) -> int | None:
    """Read a number of Pods or a percentage; None if it is neither."""
    if isinstance(value, str) and value.endswith("%") and value[:-1].isdecimal():
        share = replicas * int(value[:-1])
        return -(-share // 100) if up else share // 100
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def asks_for(resource: str, workload: Deployment, cluster: ClusterSnapshot) -> Decimal:
    """How much of what a quota counts one more Pod takes, defaults of a LimitRange included where a Pod shows them."""
    pods = [pod for pod in cluster.pods_of(workload.ref) if pod.expected_to_run]
    spec = pods[0].spec if pods else workload.template
    if resource in {"pods", "count/pods"}:
        return Decimal(1)
    which, _, name = resource.rpartition(".")
    if name not in {"cpu", "memory", "ephemeral-storage"} or which not in {"", "requests", "limits"}:
        return Decimal(0)
    return _limits(spec, name) if which == "limits" else spec.request(name)


def _limits(spec: PodSpec, resource: str) -> Decimal:
    found = (container.limit(resource) for container in spec.main_containers)
    return sum((limit for limit in found if limit is not None), Decimal(0))
