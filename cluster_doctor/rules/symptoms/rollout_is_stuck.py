"""A rollout that does not go on."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Deployment, condition_message


@rule(Severity.WARNING, subject=Deployment, stage=Stage.SYMPTOM, directness=Directness.STATED)
def rollout_is_stuck(deployment: Deployment, cluster: ClusterSnapshot) -> Matches:
    """The Deployment's rollout has not made progress within its deadline.

    Why it matters:
        The old revision serves on, so that nobody notices that the new one never came.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec: {replicas: 3}
        status:
          replicas: 4
          readyReplicas: 3
          updatedReplicas: 1
          conditions:
          - {type: Progressing, status: 'False', reason: ProgressDeadlineExceeded, message: timed out progressing}

    Stays quiet on:
        kind: Deployment
        metadata: {name: web}
        spec: {replicas: 3}
        status:
          readyReplicas: 3
          conditions:
          - {type: Progressing, status: 'True', reason: NewReplicaSetAvailable}

    Remedy:
        Look at the Pods of the newest ReplicaSet; roll back with `kubectl rollout undo`.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#failed-deployment
    """
    condition = deployment.condition("Progressing")
    if condition.get("status") != "False" or deployment.flag("spec", "paused") or deployment.deleted_at:
        return
    updated = deployment.integer("status", "updatedReplicas")
    if (
        deployment.ready_replicas >= deployment.wanted
        and updated >= deployment.wanted
        and not deployment.integer("status", "unavailableReplicas")
    ):
        return  # it came through after the deadline
    yield Match(
        message=f"the rollout of Deployment {deployment.name} is stuck: {condition_message(condition)}",
        evidence=(deployment.cite(f"{deployment.condition_path('Progressing')}.message"),),
        effects=(Effect(EffectKind.ROLLOUT_STUCK, deployment.ref),),
        since=parse_time(condition.get("lastTransitionTime")),
    )
