"""A Namespace that does not go away."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Namespace, condition_message

PATIENCE = timedelta(minutes=5)
"""Longer than any ordinary clean-up takes."""


@rule(Severity.ERROR, subject=Namespace)
def namespace_does_not_terminate(namespace: Namespace, cluster: ClusterSnapshot) -> Matches:
    """The Namespace was to be deleted long ago, and is still there.

    Why it matters:
        A finalizer waits for a controller that is gone, is not allowed to act, or waits for something itself.

    Fires on:
        kind: Namespace
        metadata: {name: old, deletionTimestamp: '2026-01-01T11:00:00Z'}
        spec:
          finalizers: [kubernetes]
        status:
          phase: Terminating
          conditions:
          - {type: NamespaceFinalizersRemaining, status: 'True', message: Some content in the namespace has
              finalizers remaining}

    Stays quiet on:
        {kind: Namespace, metadata: {name: old}, status: {phase: Active}}

    Remedy:
        Restore the controller that owns the finalizer; removing a finalizer by hand leaves behind what it guards.

    References:
        https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/
    """
    if namespace.deleted_at is None or cluster.taken_at - namespace.deleted_at < PATIENCE:
        return
    remaining = [
        c for _, c in namespace.objects("status", "conditions") if c.get("status") == "True" and c.get("message")
    ]
    finalizers = namespace.words("metadata", "finalizers") or namespace.words("spec", "finalizers")
    why = condition_message(remaining[-1]) if remaining else f"finalizers {', '.join(finalizers)}"
    yield Match(
        message=f"{namespace.ref} was to be deleted at "
        f"{namespace.deleted_at:%Y-%m-%d %H:%M} UTC and is still there: {why}",
        evidence=(namespace.cite("metadata.deletionTimestamp"), namespace.cite("metadata.finalizers")),
        effects=(Effect(EffectKind.NOT_DELETED, namespace.ref),),
        because=(Effect(EffectKind.NOT_DELETED, namespace.ref),),
        since=namespace.deleted_at,
        directness=Directness.STATED,
        facts=(("finalizers", ",".join(finalizers)),),
    )
