"""A Pod that does not go away."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

PATIENCE = timedelta(minutes=3)
"""Longer than the usual grace period of 30 s and a drain."""


@rule(Severity.ERROR, subject=Pod)
def pod_does_not_terminate(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The Pod was to be deleted long ago, and is still there.

    Why it matters:
        A finalizer that nobody removes, or a node that does not answer, keeps it; its volumes stay attached.

    Fires on:
        kind: Pod
        metadata:
          name: web-0
          deletionTimestamp: '2026-01-01T11:00:00Z'
          finalizers: [example.com/guard]
        spec: {nodeName: n1}
        status: {phase: Running}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0, deletionTimestamp: '2026-01-01T11:59:45Z'}
        spec: {nodeName: n1}
        status: {phase: Running}

    Remedy:
        Restore the controller that owns the finalizer, or the node; force only what you know to be gone.

    References:
        https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/
    """
    if pod.deleted_at is None or cluster.taken_at - pod.deleted_at < PATIENCE:
        return
    finalizers = pod.words("metadata", "finalizers")
    held = f"finalizer {', '.join(finalizers)}" if finalizers else f"node {pod.node_name} has not confirmed its end"
    yield Match(
        message=f"Pod {pod.name} was to be deleted at {pod.deleted_at:%H:%M} and is still there: {held}",
        evidence=(pod.cite("metadata.deletionTimestamp"), *((pod.cite("metadata.finalizers"),) if finalizers else ())),
        blame=pod.ref if finalizers else None,
        effects=(Effect(EffectKind.POD_NOT_TERMINATING, pod.ref),),
        because=(Effect(EffectKind.POD_NOT_TERMINATING, pod.ref),),
        since=pod.deleted_at,
        directness=Directness.STATED if finalizers else Directness.COMPARED,
        facts=(("finalizers", ",".join(finalizers)),),
    )
