"""Status conditions of custom resources, read by the API conventions."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import JsonValue

from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import View

POSITIVE = frozenset(
    {"Ready", "Available", "Healthy", "Synced", "Succeeded", "Accepted", "Programmed", "ResolvedRefs", "Established",
     "Installed", "Valid", "Reconciled"}
)  # fmt: skip
"""Conditions that are good when True."""

NEGATIVE = frozenset({"Degraded", "Stalled", "Failed", "ReconcileError", "InvalidSpec", "ErrorOccurred"})
"""Conditions that are bad when True."""

_WORKING = (
    "progress",
    "pending",
    "creating",
    "waiting",
    "initializ",
    "provisioning",
    "issuing",
    "reconciling",
    "starting",
)
PATIENCE = timedelta(minutes=10)
"""How long a controller may be at work before that counts as failing."""


def failed_condition(resource: View, now: datetime) -> tuple[str, dict[str, JsonValue]] | None:
    """Find the condition by which a resource has failed; None while it is well, at work, suspended or being deleted."""
    if resource.deleted_at or resource.flag("spec", "suspend") or resource.flag("spec", "paused"):
        return None
    for _, condition in resource.objects("status", "conditions"):
        kind, status = text(condition, "type"), text(condition, "status")
        bad = (kind in POSITIVE and status == "False") or (kind in NEGATIVE and status == "True")
        if not bad:
            continue
        since = parse_time(condition.get("lastTransitionTime"))
        words = f"{text(condition, 'reason')} {text(condition, 'message')}".lower()
        at_work = any(word in words for word in _WORKING) and not any(
            w in words for w in ("fail", "error", "not found")
        )
        if at_work and since is not None and now - since < PATIENCE:
            continue
        return kind, condition
    return None
