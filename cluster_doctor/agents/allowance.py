"""What one specialist may spend in one piece of work: a share of the run's budget, counted here alone.

Shares are fixed before the work begins. So branches that run side by side do not race for the last call, and a replay
stops where the run did.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from cluster_doctor.domain.model_use import Budget, Usage


@dataclass
class Allowance:
    """A share of a budget, and what of it is used.

    Attributes:
        calls: calls that may be made.
        tokens: tokens that they may take, both ways.
        seconds: time that may pass from the first call on.
        usd: money that they may cost; None is no bound.
    """

    calls: int
    tokens: int
    seconds: float
    usd: float | None = None
    used: Usage = field(default_factory=Usage)
    _began: float | None = None

    @classmethod
    def share(cls, budget: Budget, part: float, among: int = 1) -> Allowance:
        """Take a part of a budget, shared equally among some who work at the same time."""
        return cls(
            calls=int(budget.calls * part / among),
            tokens=int(budget.tokens * part / among),
            seconds=budget.seconds * part,
            usd=None if budget.usd is None else budget.usd * part / among,
        )

    def refusal(self, most: Usage) -> str:
        """Why a call that may take so much may not be made; empty if it may."""
        if self._began is None:
            self._began = time.monotonic()
        if self.used.calls + 1 > self.calls:
            return f"its {self.calls} calls are used up"
        if self.used.tokens + most.tokens > self.tokens:
            return f"its {self.tokens} tokens would be passed"
        if self.usd is not None and self.used.usd + most.usd > self.usd:
            return f"its {self.usd:.2f} US dollars would be passed"
        if self.seconds_left <= 0:
            return f"its {self.seconds:.0f} seconds are over"
        return ""

    @property
    def seconds_left(self) -> float:
        """What is left of the time."""
        return self.seconds - (time.monotonic() - self._began if self._began is not None else 0)

    def take(self, usage: Usage) -> None:
        """Count what a call took."""
        self.used += usage
