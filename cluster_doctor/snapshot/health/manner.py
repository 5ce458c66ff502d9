"""How a kind deviates from what is usual."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cluster_doctor.snapshot.health.conditions import Polarity
from cluster_doctor.snapshot.health.verdict import Health, HealthStatus
from cluster_doctor.snapshot.views import View

Reader = Callable[[View], Health | None]

STATES = (
    "status.phase", "status.state", "status.currentState", "status.status", "status.health", "status.health.status",
    "status.currentStatus", "status.currentPhase", "status.overallStatus", "status.lastOperationStatus",
    "status.overallState", "status.compliant",
)  # fmt: skip
"""Where controllers write a state in one word."""


@dataclass(frozen=True)
class Manner:
    """How a kind reports its health, as far as that is not what anybody would read out of its status.

    Attributes:
        states: paths of the fields that hold a state in a word.
        words: what such words mean here, by the word as written; the longest beginning that fits counts.
        conditions: what condition types mean here.
        awaits: a condition type without which nothing is settled.
        untold: what it means that there is no status; None leaves it to what is usual.
        unsaid: what it means that the status says nothing about health.
        rests: paths that suspend it when they hold true, as a boolean or a word.
        errors: paths that hold something only when it failed.
        reader: reads what takes arithmetic; None from it leaves the object to the rest of this manner.
    """

    states: tuple[str, ...] = STATES
    words: Mapping[str, HealthStatus] = field(default_factory=dict)
    conditions: Mapping[str, Polarity] = field(default_factory=dict)
    awaits: str = ""
    untold: HealthStatus | None = None
    unsaid: HealthStatus | None = None
    rests: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    reader: Reader | None = None


USUAL = Manner()
