"""An autoscaler whose target does not exist."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import VIEWS, Autoscaler, Deployment, StatefulSet


@rule(Severity.ERROR, subject=Autoscaler, needs=(Deployment, StatefulSet), directness=Directness.STATED)
def autoscaler_target_does_not_exist(scaler: Autoscaler, cluster: ClusterSnapshot) -> Matches:
    """The HorizontalPodAutoscaler scales a workload that does not exist.

    Why it matters:
        Nothing is scaled; the workload that was meant keeps the replicas that it has.

    Fires on:
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: webb}
          minReplicas: 1
          maxReplicas: 5
        status:
          currentReplicas: 0
          desiredReplicas: 0
          conditions:
          - {type: AbleToScale, status: 'False', reason: FailedGetScale, message: not found}
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
        Correct `spec.scaleTargetRef`, or delete the autoscaler.

    References:
        https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
    """
    target = scaler.target
    view = VIEWS.get(target.kind)
    if view is None or cluster.exists(view, target.namespace, target.name) is not False:
        return
    condition = scaler.condition_path("AbleToScale")
    yield Match(
        message=f"HorizontalPodAutoscaler {scaler.name} scales {target.kind} {target.name}, which does not exist",
        evidence=(scaler.cite("spec.scaleTargetRef"), cluster.cite_absence(target), scaler.cite(condition)),
        blame=scaler.ref,
        effects=(Effect(EffectKind.NOT_SCALING, scaler.ref),),
        facts=(("target", target.name),),
    )
