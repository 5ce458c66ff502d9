"""An autoscaler without metrics."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Autoscaler, Pod


@rule(Severity.WARNING, subject=Autoscaler, needs=(Pod,), directness=Directness.STATED)
def autoscaler_gets_no_metrics(scaler: Autoscaler, cluster: ClusterSnapshot) -> Matches:
    """The autoscaler cannot read the metrics that it scales by.

    Why it matters:
        Without metrics the replicas stay as they are, however large the load grows.

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
          - {type: ScalingActive, status: 'False', reason: FailedGetResourceMetric, message: 'unable to get
              metrics for resource cpu: the server could not find the requested resource (get pods.metrics.k8s.io)'}
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
        Repair metrics-server or the adapter that serves the metric, or correct the metric's name.

    References:
        https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
    """
    condition = scaler.condition("ScalingActive")
    reason = str(condition.get("reason") or "")
    message = str(condition.get("message") or "")
    if condition.get("status") != "False" or not reason.startswith(("FailedGet", "InvalidMetric", "FailedCompute")):
        return
    if "missing request" in message or reason == "FailedGetScale":
        return
    if (
        any(pod.expected_to_run and not pod.ready for pod in cluster.pods_of(scaler.target))
        and "did not receive" in message
    ):
        return  # Pods that just start have no metrics yet
    yield Match(
        message=f"HorizontalPodAutoscaler {scaler.name} gets no metrics: {message}",
        evidence=(scaler.cite(f"{scaler.condition_path('ScalingActive')}.message"),),
        blame=scaler.ref,
        effects=(Effect(EffectKind.NOT_SCALING, scaler.ref),),
        because=(Effect(EffectKind.NOT_RECONCILED, scaler.ref),),
        since=parse_time(condition.get("lastTransitionTime")),
    )
