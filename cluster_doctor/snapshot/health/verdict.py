"""What can be said of how an object is doing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class HealthStatus(StrEnum):
    """How an object is doing, by what its controller says."""

    HEALTHY = "Healthy"
    PROGRESSING = "Progressing"
    DEGRADED = "Degraded"
    SUSPENDED = "Suspended"
    MISSING = "Missing"
    UNKNOWN = "Unknown"


@dataclass(frozen=True)
class Health:
    """How an object is doing, in whose words, and which field says so."""

    status: HealthStatus
    message: str = ""
    path: str = "status"


_WORST_FIRST = (
    HealthStatus.SUSPENDED,
    HealthStatus.DEGRADED,
    HealthStatus.MISSING,
    HealthStatus.PROGRESSING,
    HealthStatus.HEALTHY,
    HealthStatus.UNKNOWN,
)


def gravest(verdicts: list[Health]) -> Health | None:
    """Choose what outweighs the rest: a pause explains a failure, a failure outweighs work, work outweighs success."""
    return min(verdicts, key=lambda verdict: _WORST_FIRST.index(verdict.status), default=None)
