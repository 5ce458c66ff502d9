"""Pods that the API server turned down, as the Deployment remembers it."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.admission.rejection import replica_failure
from cluster_doctor.rules.admission.webhooks import named_webhook, owner_of_webhook, webhook_effects
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.quota.exceeded import excesses
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Deployment, Namespace


@rule(Severity.ERROR, subject=Deployment, directness=Directness.STATED)
def pods_are_not_created(deployment: Deployment, cluster: ClusterSnapshot) -> Matches:
    """The Deployment says that its Pods cannot be created, and why; the Events that told it may be gone.

    Why it matters:
        Events are kept for an hour, the condition for as long as it holds: it is what an old fault is known by.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec: {replicas: 1}
        status:
          unavailableReplicas: 1
          conditions:
          - type: ReplicaFailure
            status: 'True'
            reason: FailedCreate
            message: 'pods "web-1-x" is forbidden: exceeded quota: team, requested: pods=1, used: pods=5,
              limited: pods=5'

    Stays quiet on:
        kind: Deployment
        metadata: {name: web}
        spec: {replicas: 1}
        status: {replicas: 1, readyReplicas: 1, conditions: [{type: Available, status: 'True'}]}

    Remedy:
        Read the condition's message; it is the API server's own word.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#failed-deployment
    """
    evidence = replica_failure(deployment) if not deployment.deleted_at else None
    if evidence is None:
        return
    words = str(evidence.value or "")
    effect = Effect(EffectKind.PODS_NOT_CREATED, deployment.ref)
    webhook = named_webhook(words)
    yield Match(
        message=f"the API server rejects the Pods of {deployment.ref}" + (f": {words[:300]}" if words else ""),
        evidence=(evidence,),
        blame=owner_of_webhook(webhook, cluster) if webhook else _blamed(words, deployment),
        effects=(effect,),
        because=(effect, *(webhook_effects(webhook, cluster) if webhook else ())),
    )


def _blamed(words: str, deployment: Deployment) -> ObjectRef:
    """Who has to change: the namespace for its quota, else the Deployment."""
    return Namespace.ref_to(None, deployment.namespace or "") if any(excesses(words)) else deployment.ref
