"""An autoscaler that does not do its work."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Autoscaler, condition_message


@rule(Severity.WARNING, subject=Autoscaler, stage=Stage.SYMPTOM, directness=Directness.STATED)
def autoscaler_does_not_scale(scaler: Autoscaler, cluster: ClusterSnapshot) -> Matches:
    """The autoscaler reports that it cannot scale.

    Why it matters:
        The workload keeps its replicas whatever happens.

    Fires on:
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          minReplicas: 1
          maxReplicas: 5
        status:
          currentReplicas: 1
          desiredReplicas: 1
          conditions:
          - {type: ScalingActive, status: 'False', reason: FailedGetResourceMetric, message: no metrics}
        ---
        kind: Deployment
        metadata: {name: web}
        spec: {replicas: 1}

    Stays quiet on:
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          minReplicas: 1
          maxReplicas: 5
        status:
          currentReplicas: 1
          desiredReplicas: 1
          conditions:
          - {type: AbleToScale, status: 'True'}
          - {type: ScalingActive, status: 'True'}
          - {type: ScalingLimited, status: 'True', reason: TooFewReplicas}
        ---
        kind: Deployment
        metadata: {name: web}
        spec: {replicas: 1}

    Remedy:
        Read the autoscaler's conditions.

    References:
        https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
    """
    for kind in ("AbleToScale", "ScalingActive"):
        condition = scaler.condition(kind)
        if condition.get("status") == "False" and condition.get("reason") != "ScalingDisabled":
            yield Match(
                message=f"HorizontalPodAutoscaler {scaler.name} does not scale: {condition_message(condition)}",
                evidence=(scaler.cite(f"{scaler.condition_path(kind)}.status"),),
                effects=(Effect(EffectKind.NOT_SCALING, scaler.ref),),
            )
            return
