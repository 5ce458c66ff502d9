"""An autoscaler whose target declares no requests."""

from __future__ import annotations

import re

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Autoscaler, LimitRange

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
        https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
        https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/#HorizontalPodAutoscalerSpec
    """
    condition = scaler.condition("ScalingActive")
    if not condition:
        yield from _undeclared(scaler, cluster)
        return
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


def _undeclared(scaler: Autoscaler, cluster: ClusterSnapshot) -> Matches:
    """Compare what an autoscaler that has not said anything yet wants to measure with what its target declares."""
    target = cluster.find(scaler.target)
    spec = cluster.pod_spec(target) if target else None
    if target is None or spec is None or not cluster.covers(LimitRange, scaler.namespace):
        return
    if cluster.within(LimitRange, scaler.namespace):
        return  # it may fill requests in
    for resource in _shares(scaler):
        for container in spec.main_containers:
            if container.request(resource) is None and container.limit(resource) is None:
                yield Match(
                    message=f"HorizontalPodAutoscaler {scaler.name} scales by the share of the requested {resource}, "
                    f"and container {container.name} of {target.ref} requests none",
                    evidence=(scaler.cite("spec.metrics"), target.cite(f"{container.path}.resources")),
                    blame=target.ref,
                    effects=(Effect(EffectKind.NOT_SCALING, scaler.ref),),
                    directness=Directness.COMPARED,
                    facts=(("resource", resource),),
                )
                return


def _shares(scaler: Autoscaler) -> list[str]:
    """Resources that are measured as a share of the request; without `spec.metrics` that is cpu."""
    metrics = [metric for _, metric in scaler.objects("spec", "metrics")]
    if not metrics:
        return ["cpu"]
    return [
        text(metric, "resource", "name")
        for metric in metrics
        if text(metric, "resource", "target", "type") == "Utilization"
    ]
