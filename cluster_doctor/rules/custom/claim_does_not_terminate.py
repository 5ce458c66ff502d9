"""A PersistentVolumeClaim that does not go away."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, condition_message

PATIENCE = timedelta(minutes=5)
"""Longer than any ordinary clean-up takes."""


@rule(Severity.ERROR, subject=Claim)
def claim_does_not_terminate(claim: Claim, cluster: ClusterSnapshot) -> Matches:
    """The PersistentVolumeClaim was to be deleted long ago, and is still there.

    Why it matters:
        A finalizer waits for a controller that is gone, is not allowed to act, or waits for something itself.

    Fires on:
        kind: PersistentVolumeClaim
        metadata:
          name: data
          deletionTimestamp: '2026-01-01T11:00:00Z'
          finalizers: [example.com/guard]

    Stays quiet on:
        {kind: PersistentVolumeClaim, metadata: {name: data, finalizers: [kubernetes.io/pvc-protection]}}

    Remedy:
        Restore the controller that owns the finalizer; removing a finalizer by hand leaves behind what it guards.

    References:
        https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/
    """
    if claim.deleted_at is None or cluster.taken_at - claim.deleted_at < PATIENCE:
        return
    remaining = [c for _, c in claim.objects("status", "conditions") if c.get("status") == "True" and c.get("message")]
    finalizers = claim.words("metadata", "finalizers") or claim.words("spec", "finalizers")
    why = condition_message(remaining[-1]) if remaining else f"finalizers {', '.join(finalizers)}"
    yield Match(
        message=f"{claim.ref} was to be deleted at {claim.deleted_at:%Y-%m-%d %H:%M} UTC and is still there: {why}",
        evidence=(claim.cite("metadata.deletionTimestamp"), claim.cite("metadata.finalizers")),
        effects=(Effect(EffectKind.NOT_DELETED, claim.ref),),
        since=claim.deleted_at,
        directness=Directness.STATED,
        facts=(("finalizers", ",".join(finalizers)),),
    )
