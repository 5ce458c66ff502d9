"""A custom resource that its controller reports as failed."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import JsonValue

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.admission.webhooks import named_webhook, webhook_effects
from cluster_doctor.rules.custom.named_resources import named_by
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.health.conditions import condition_status
from cluster_doctor.snapshot.health.reading import health_of
from cluster_doctor.snapshot.health.states import runs_to_an_end
from cluster_doctor.snapshot.health.verdict import Health, HealthStatus
from cluster_doctor.snapshot.paths import resolve, text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Custom, condition_message

_OWN_RULES = frozenset(
    {
        ("argoproj.io", "Application"),
        ("argoproj.io", "Rollout"),
        ("acme.cert-manager.io", "Challenge"),
        ("acme.cert-manager.io", "Order"),
    }
)
"""Kinds that a rule of their own speaks about."""

_OWN_LISTS = ("status.parents", "status.listeners")
"""Where a gateway's word stands that has a rule of its own."""
_ENDS = frozenset({"Complete", "Completed", "Failed", "Succeeded"})
"""Conditions that say how a run ended."""

PATIENCE = timedelta(minutes=10)
"""How long a controller may be at work before that counts as failing."""
HISTORY = timedelta(days=1)
"""How long the failure of what runs to its end, such as a backup, is news."""


@rule(Severity.ERROR, subject=Custom, directness=Directness.STATED)
def custom_resource_is_not_ready(resource: Custom, cluster: ClusterSnapshot) -> Matches:
    """The custom resource's controller says that it failed, or has been at work on it for too long.

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
        Read the reason; it is the controller's own word.

    References:
        https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties
    """
    if resource.deleted_at or (resource.ref.group, resource.ref.kind) in _OWN_RULES:
        return
    health = health_of(resource)
    found = resolve(resource.raw, health.path)
    condition = found if isinstance(found, dict) and "type" in found else {}
    since = parse_time(condition.get("lastTransitionTime"))
    if not _fails(health, condition, since, cluster.taken_at) or _is_history(resource, condition, cluster.taken_at):
        return
    if resource.ref.group == "gateway.networking.k8s.io" and health.path.startswith(_OWN_LISTS):
        return
    told = (
        f"{text(condition, 'type')} is {condition_status(condition)}, {condition_message(condition)}".rstrip(", ")
        if condition
        else f"{health.path} says {health.message}"
    )
    yield Match(
        message=f"{resource.ref} is not well: {told}",
        evidence=(resource.cite(health.path),),
        blame=resource.ref,
        effects=(Effect(EffectKind.NOT_RECONCILED, resource.ref),),
        because=(
            Effect(EffectKind.NOT_RECONCILED, resource.ref),
            *(Effect(EffectKind.NOT_RECONCILED, child.ref) for child in cluster.all_owned_by(resource.ref)),
            *(Effect(EffectKind.NOT_RECONCILED, named) for named in named_by(resource, cluster)),
            *(webhook_effects(webhook, cluster) if (webhook := named_webhook(told)) else ()),
        ),
        since=since,
    )


def _fails(health: Health, condition: dict[str, JsonValue], since: datetime | None, now: datetime) -> bool:
    """Tell a failure, or a lack that lasts; work without a lack, such as an update, may take its time."""
    if health.status in {HealthStatus.DEGRADED, HealthStatus.MISSING}:
        return True
    lacking = health.status is HealthStatus.PROGRESSING and condition_status(condition) == "False"
    return lacking and (since is None or now - since >= PATIENCE)


def _is_history(resource: Custom, condition: dict[str, JsonValue], now: datetime) -> bool:
    """Tell a run that ended long ago; the next one has its own object."""
    ended = not condition or text(condition, "type") in _ENDS
    when = parse_time(condition.get("lastTransitionTime")) or resource.created_at
    return ended and runs_to_an_end(resource.ref.kind) and when is not None and now - when > HISTORY
