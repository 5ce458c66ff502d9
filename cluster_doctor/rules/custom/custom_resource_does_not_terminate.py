"""A custom resource that does not go away."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom, Namespace

PATIENCE = timedelta(minutes=15)
"""How long a controller may take to clear away what a resource stands for: a database, a load balancer, a backup."""


@rule(Severity.ERROR, subject=Custom, directness=Directness.STATED)
def custom_resource_does_not_terminate(resource: Custom, cluster: ClusterSnapshot) -> Matches:
    """The custom resource was to be deleted long ago, and a finalizer keeps it.

    Why it matters:
        Whoever set the finalizer is gone, is not allowed to act, or fails; the resource's namespace cannot go either.

    Fires on:
        apiVersion: backup.example.com/v1
        kind: Backup
        metadata:
          name: weekly
          deletionTimestamp: '2026-01-01T11:00:00Z'
          finalizers: [backup.example.com/cleanup]

    Stays quiet on:
        apiVersion: backup.example.com/v1
        kind: Backup
        metadata:
          name: weekly
          deletionTimestamp: '2026-01-01T11:58:00Z'
          finalizers: [backup.example.com/cleanup]

    Remedy:
        Restore the controller that owns the finalizer; removing a finalizer by hand leaves behind what it guards.

    References:
        https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/
    """
    finalizers = resource.words("metadata", "finalizers")
    if resource.deleted_at is None or not finalizers or cluster.taken_at - resource.deleted_at < PATIENCE:
        return
    yield Match(
        message=f"{resource.ref} was to be deleted at {resource.deleted_at:%Y-%m-%d %H:%M} UTC and is still there: "
        f"finalizer {', '.join(finalizers)}",
        evidence=(resource.cite("metadata.deletionTimestamp"), resource.cite("metadata.finalizers")),
        blame=resource.ref,
        effects=(
            Effect(EffectKind.NOT_DELETED, resource.ref),
            *(
                (Effect(EffectKind.NOT_DELETED, Namespace.ref_to(None, resource.namespace)),)
                if resource.namespace
                else ()
            ),
        ),
        because=(Effect(EffectKind.NOT_DELETED, resource.ref),),
        since=resource.deleted_at,
        facts=(("finalizers", ",".join(finalizers)),),
    )
