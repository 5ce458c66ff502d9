"""Workloads whose Pods fare badly, and what they said about the calls they make."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.rules.container.last_words import failing_containers
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload


def suffers(workload: Workload, cluster: ClusterSnapshot) -> bool:
    """Tell whether a Pod of the workload keeps ending or does not become ready."""
    return any(next(failing_containers(pod, cluster), None) for pod in cluster.pods_of(workload.ref))


def caller_effects(workload: Workload, cluster: ClusterSnapshot) -> tuple[Effect, ...]:
    """What failing calls bring about: the workload's calls fail, and its Pods may end or stay unready for it."""
    return (Effect(EffectKind.CALLS_FAILING, workload.ref),)
