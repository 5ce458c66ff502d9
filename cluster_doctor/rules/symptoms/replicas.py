"""Ready replicas against wanted ones."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match
from cluster_doctor.rules.protocol import Matches
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import DaemonSet, Pod, Workload

START = timedelta(minutes=1)
"""How young a Pod may be for its workload to count as still starting."""


def lacking(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """Compare ready replicas with wanted ones, leaving out a rollout that is under way."""
    if not workload.has_status or workload.ready_replicas >= workload.wanted or workload.deleted_at:
        return
    pods = [pod for pod in cluster.pods_of(workload.ref) if not pod.ready and pod.expected_to_run]
    if pods and all(_starting(pod, cluster) for pod in pods):
        return
    field = "numberReady" if isinstance(workload, DaemonSet) else "readyReplicas"
    yield Match(
        message=f"{workload.ready_replicas} of {workload.wanted} replicas of {workload.ref} are ready",
        evidence=(workload.cite(f"status.{field}"),),
        effects=(Effect(EffectKind.WORKLOAD_UNAVAILABLE, workload.ref),),
    )


def _starting(pod: Pod, cluster: ClusterSnapshot) -> bool:
    young = pod.created_at is not None and cluster.taken_at - pod.created_at < START
    return young and not any(event.type == "Warning" for event in cluster.events_about(pod.ref))
