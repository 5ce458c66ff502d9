"""An autoscaler of what has no scale."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Autoscaler

_BUILT_IN = frozenset({"", "apps", "autoscaling", "batch", "extensions", "networking.k8s.io", "policy"})
"""Groups that only Kubernetes itself defines kinds of."""
_SCALABLE = frozenset({"Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"})
"""Kinds of these groups that have the subresource `scale`."""


@rule(Severity.ERROR, subject=Autoscaler, directness=Directness.COMPARED)
def autoscaler_target_cannot_be_scaled(scaler: Autoscaler, cluster: ClusterSnapshot) -> Matches:
    """The HorizontalPodAutoscaler names a kind that has no replicas to set, or no target at all.

    Why it matters:
        It scales nothing. A DaemonSet runs once on each node and a Job to its end; neither has a scale.

    Fires on:
        kind: HorizontalPodAutoscaler
        metadata: {name: agent}
        spec: {scaleTargetRef: {apiVersion: apps/v1, kind: DaemonSet, name: agent}, maxReplicas: 3}

    Stays quiet on:
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 3}

    Remedy:
        Name a Deployment, a StatefulSet or another kind with the subresource `scale`, or delete the autoscaler.

    References:
        https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
        https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/#HorizontalPodAutoscalerSpec
    """
    target = scaler.target
    group = scaler.text("spec", "scaleTargetRef", "apiVersion").rpartition("/")[0]
    if group not in _BUILT_IN or target.kind in _SCALABLE:
        return
    named = f"{target.kind} {target.name}".strip()
    yield Match(
        message=f"HorizontalPodAutoscaler {scaler.name} "
        + (f"scales {named}, a kind without a scale" if target.kind else "names no target"),
        evidence=(scaler.cite("spec.scaleTargetRef"),),
        blame=scaler.ref,
        effects=(Effect(EffectKind.NOT_SCALING, scaler.ref),),
        facts=(("target", named),),
    )
