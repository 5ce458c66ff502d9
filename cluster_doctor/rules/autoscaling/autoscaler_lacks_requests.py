"""An autoscaler whose target declares no requests."""

from __future__ import annotations

import re

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Autoscaler

_WORDS = re.compile(r"missing request for (\S+)(?: in container \S+)?")


@rule(Severity.WARNING, subject=Autoscaler, directness=Directness.STATED)
def autoscaler_lacks_requests(scaler: Autoscaler, cluster: ClusterSnapshot) -> Matches:
    """The autoscaler measures use as a share of requests, and a container of its target declares none.

    Why it matters:
        Without a request there is no share, so that the autoscaler does nothing.

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
          - {type: ScalingActive, status: 'False', reason: FailedGetResourceMetric, message: missing request
              for cpu in container app of Pod web-0}
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
        Declare `resources.requests` for the resource in every container of the target.

    References:
        https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
    """
    condition = scaler.condition("ScalingActive")
    found = _WORDS.search(str(condition.get("message") or ""))
    if condition.get("status") != "False" or not found:
        return
    yield Match(
        message=f"HorizontalPodAutoscaler {scaler.name} cannot scale: {found[0]}",
        evidence=(scaler.cite(f"{scaler.condition_path('ScalingActive')}.message"),),
        blame=scaler.target if cluster.find(scaler.target) else scaler.ref,
        effects=(Effect(EffectKind.NOT_SCALING, scaler.ref),),
        facts=(("resource", found[1]),),
    )
