"""Pods that no scheduler looks at."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.scheduling.attempt import said_to_be_gated, unscheduled, untold_of, verdict_of
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, Node, Pod

PATIENCE = timedelta(seconds=30)
"""How long a busy scheduler may take for its first word on a Pod."""


@rule(Severity.CRITICAL, subject=Pod, needs=(Event, Node), among=unwell_pods)
def scheduler_is_down(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The Pod waits, and the scheduler has not said a word about it.

    Why it matters:
        A running scheduler places a Pod or says why not within seconds; silence means that none is running.

    Fires on:
        {kind: Pod, metadata: {name: web-0, creationTimestamp: "2026-01-01T11:50:00Z"}, status: {phase: Pending}}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0, creationTimestamp: "2026-01-01T11:50:00Z"}
        status:
          phase: Pending
          conditions: [{type: PodScheduled, status: "False", reason: Unschedulable, message: 0/1 nodes are available}]

    Remedy:
        Start kube-scheduler; read its log and the Lease kube-system/kube-scheduler.

    References:
        https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/
    """
    if not unscheduled(pod) or verdict_of(pod, cluster) is not None or pod.objects("spec", "schedulingGates"):
        return
    if untold_of(pod) is not None or said_to_be_gated(pod):
        return
    if pod.created_at is None or cluster.taken_at - pod.created_at < PATIENCE:
        return
    if any(entry.service == "kube-scheduler" for entry in cluster.node_services):
        return  # its service was looked at, which tells more
    own = pod.text("spec", "schedulerName")
    if own not in {"", "default-scheduler"}:
        return
    yield Match(
        message=f"the scheduler is silent about Pod {pod.name}; none seems to run",
        evidence=(pod.cite("status.phase"),),
        blame=Node.ref_to(None, _host(cluster)),
        effects=(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref),),
        since=pod.created_at,
    )


def _host(cluster: ClusterSnapshot) -> str:
    """The node that the scheduler runs on: where its Pod is, else the control plane."""
    for pod in cluster.within(Pod, "kube-system"):
        if pod.labels.get("component") == "kube-scheduler" and pod.node_name:
            return pod.node_name
    return next((node.name for node in cluster.all(Node) if node.control_plane), "control-plane")
