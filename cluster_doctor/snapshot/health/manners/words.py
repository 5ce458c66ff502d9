"""Short names for the tables."""

from __future__ import annotations

from cluster_doctor.snapshot.health.conditions import Polarity
from cluster_doctor.snapshot.health.manner import Manner
from cluster_doctor.snapshot.health.verdict import HealthStatus

HEALTHY = HealthStatus.HEALTHY
PROGRESSING = HealthStatus.PROGRESSING
DEGRADED = HealthStatus.DEGRADED
SUSPENDED = HealthStatus.SUSPENDED
MISSING = HealthStatus.MISSING
UNKNOWN = HealthStatus.UNKNOWN

GOOD = Polarity.GOOD
BAD = Polarity.BAD
AT_REST = Polarity.AT_REST
BUSY = Polarity.BUSY
REQUIRED = Polarity.REQUIRED
SETTLING = Polarity.SETTLING
STEP = Polarity.STEP
AWAKE = Polarity.AWAKE
SILENT = Polarity.SILENT

STATELESS = Manner(unsaid=HealthStatus.HEALTHY)
"""Configuration that no controller reports on, or only when it is wrong."""

LATE = Manner(unsaid=HealthStatus.PROGRESSING)
"""Writes other things into its status before it says how it is doing."""


def stateless(group: str, *kinds: str) -> dict[tuple[str, str], Manner]:
    """Say of kinds of a group that they are well unless something says otherwise."""
    return dict.fromkeys(((group, kind) for kind in kinds), STATELESS)


def steps(*types: str) -> dict[str, Polarity]:
    """Condition types that must not be False and do not settle anything when True."""
    return dict.fromkeys(types, Polarity.STEP)


def silent(*types: str) -> dict[str, Polarity]:
    """Condition types that say nothing about health."""
    return dict.fromkeys(types, Polarity.SILENT)


def required(*types: str) -> dict[str, Polarity]:
    """Condition types whose False is a failure, whatever the reason."""
    return dict.fromkeys(types, Polarity.REQUIRED)
