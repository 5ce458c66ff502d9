"""An autoscaler that may not go higher."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Autoscaler


@rule(Severity.WARNING, subject=Autoscaler, directness=Directness.STATED)
def autoscaler_is_at_its_maximum(scaler: Autoscaler, cluster: ClusterSnapshot) -> Matches:
    """The autoscaler wants more replicas than its maximum allows.

    Why it matters:
        The load has outgrown the limit that was set; what comes next is slowness.

    Fires on:
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          minReplicas: 1
          maxReplicas: 5
        status:
          currentReplicas: 5
          desiredReplicas: 5
          conditions:
          - {type: ScalingLimited, status: 'True', reason: TooManyReplicas, message: the desired replica count
              is more than the maximum replica count}
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
        Raise `maxReplicas` if the nodes can take it, or find out why the load grew.

    References:
        https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
    """
    condition = scaler.condition("ScalingLimited")
    if condition.get("status") != "True" or condition.get("reason") != "TooManyReplicas":
        return
    yield Match(
        message=f"HorizontalPodAutoscaler {scaler.name} is held at its "
        f"maximum of {scaler.integer('spec', 'maxReplicas')} replicas",
        evidence=(scaler.cite(f"{scaler.condition_path('ScalingLimited')}.message"), scaler.cite("spec.maxReplicas")),
        blame=scaler.ref,
        effects=(Effect(EffectKind.NOT_SCALING, scaler.ref), Effect(EffectKind.SLOW, scaler.target)),
    )
