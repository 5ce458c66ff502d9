"""A Pod that no node takes."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity, Stage
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.scheduling.attempt import said_to_be_gated, unscheduled, verdict_of
from cluster_doctor.rules.scheduling.leftovers import given_up_by_daemon_set
from cluster_doctor.rules.scheduling.pod_is_gated import PATIENCE as PATIENCE_OF_GATES
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

PATIENCE = timedelta(seconds=20)
"""How long a Pod may wait for its first scheduling attempt on a busy cluster."""


@rule(Severity.WARNING, subject=Pod, stage=Stage.SYMPTOM, among=unwell_pods)
def pod_is_not_scheduled(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The Pod waits for a node.

    Why it matters:
        A Pod without a node runs nothing; its workload stays below the replicas that were asked for.

    Fires on:
        kind: Pod
        metadata: {name: web-0, creationTimestamp: "2026-01-01T11:50:00Z"}
        status:
          phase: Pending
          conditions: [{type: PodScheduled, status: "False", reason: Unschedulable, message: 0/1 nodes are available}]

    Stays quiet on:
        {kind: Pod, metadata: {name: web-0}, spec: {nodeName: n1}, status: {phase: Running}}

    Remedy:
        Remove what keeps every node from taking the Pod; the scheduler's message counts the reasons.

    References:
        https://kubernetes.io/docs/concepts/scheduling-eviction/
    """
    if not unscheduled(pod) or given_up_by_daemon_set(pod, cluster):
        return
    verdict = verdict_of(pod, cluster)
    waited = cluster.taken_at - pod.created_at if pod.created_at else PATIENCE
    if verdict is None and waited < (PATIENCE_OF_GATES if said_to_be_gated(pod) else PATIENCE):
        return
    evidence = (verdict.evidence,) if verdict else (pod.cite("status.phase"),)
    yield Match(
        message=f"Pod {pod.name} waits for a node: {verdict.message}"
        if verdict
        else f"Pod {pod.name} waits for a node",
        evidence=evidence,
        effects=(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref),),
        since=pod.created_at,
    )
