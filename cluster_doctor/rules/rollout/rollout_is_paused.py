"""A rollout that somebody paused."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Deployment


@rule(Severity.WARNING, subject=Deployment, directness=Directness.STATED)
def rollout_is_paused(deployment: Deployment, cluster: ClusterSnapshot) -> Matches:
    """The Deployment is paused while its template has changed.

    Why it matters:
        Changes to a paused Deployment do nothing until it is resumed.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec: {replicas: 3, paused: true}
        status: {replicas: 3, readyReplicas: 3, updatedReplicas: 1}

    Stays quiet on:
        kind: Deployment
        metadata: {name: web}
        spec: {replicas: 3, paused: true}
        status: {replicas: 3, readyReplicas: 3, updatedReplicas: 3}

    Remedy:
        `kubectl rollout resume deployment/NAME`.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pausing-and-resuming-a-deployment
    """
    updated = deployment.integer("status", "updatedReplicas")
    if not deployment.flag("spec", "paused") or not deployment.has_status or updated >= deployment.wanted:
        return
    yield Match(
        message=f"Deployment {deployment.name} is paused with {updated} of {deployment.wanted} replicas updated",
        evidence=(deployment.cite("spec.paused"), deployment.cite("status.updatedReplicas")),
        effects=(Effect(EffectKind.ROLLOUT_STUCK, deployment.ref),),
    )
