"""A custom resource that its controller reports as failed."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.custom.conditions import failed_condition
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Custom, condition_message

SPOKEN_FOR = frozenset({("Rollout", "argoproj.io")})
"""Kinds whose conditions say something else: a Rollout is not Healthy while it goes on as planned."""


@rule(Severity.ERROR, subject=Custom, directness=Directness.STATED)
def custom_resource_is_not_ready(resource: Custom, cluster: ClusterSnapshot) -> Matches:
    """A status condition of the custom resource says that it is not ready, with a reason that is a failure.

    Why it matters:
        What the resource stands for is not there: a certificate, a synchronisation, a secret, a route.

    Fires on:
        apiVersion: cert-manager.io/v1
        kind: Certificate
        metadata: {name: shop, creationTimestamp: '2026-01-01T10:00:00Z'}
        status:
          conditions:
          - type: Ready
            status: 'False'
            reason: IssuerNotFound
            message: Referenced issuer not found
            lastTransitionTime: '2026-01-01T10:00:05Z'

    Stays quiet on:
        apiVersion: cert-manager.io/v1
        kind: Certificate
        metadata: {name: shop}
        status:
          conditions:
          - {type: Ready, status: 'True'}

    Remedy:
        Read the condition's reason; it is the controller's own word.

    References:
        https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties
    """
    if (resource.ref.kind, resource.ref.group) in SPOKEN_FOR:
        return
    verdict = failed_condition(resource, cluster.taken_at)
    if verdict is None:
        return
    kind, condition = verdict
    yield Match(
        message=f"{resource.ref} is not well: {kind} is {condition.get('status')}, {condition_message(condition)}",
        evidence=(resource.cite(resource.condition_path(kind)),),
        blame=resource.ref,
        effects=(Effect(EffectKind.NOT_RECONCILED, resource.ref),),
        because=(
            Effect(EffectKind.NOT_RECONCILED, resource.ref),
            *(Effect(EffectKind.NOT_RECONCILED, child.ref) for child in cluster.owned_by(resource.ref)),
        ),
        since=parse_time(condition.get("lastTransitionTime")),
    )
