"""Whether a series has stepped away from its own past and stays there.

A median and the median deviation from it (MAD) describe the past: single samples that stand out do not move them. A
step is told from what load does by four things: it is large against both the past's level and its spread, it comes at
once and not along a slope, it is there in nearly all samples since, and it is there at the end. What came and went is
history. A change-point library would need numpy and a penalty to be tuned; the last step of one series does not.

References:
    F. R. Hampel, "The Influence Curve and Its Role in Robust Estimation", 1974.
    https://sre.google/sre-book/monitoring-distributed-systems/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.snapshot.records import MetricSeries

FEWEST_BEFORE = 12
FEWEST_SINCE = 4
"""Samples that must lie before and after a step; a pause of a collector, or a warm-up, fills some."""
SPREADS = 6.0
"""Times the past's spread that a step must measure."""
LEAST = 0.05
"""Spread of the past as a share of its level, at the least: a series that never moved would see a step in anything."""
_MAD_OF_A_NORMAL = 1.4826
_ABRUPT = 0.6
"""Share of the step that must lie between the samples right before and right after it."""
_NEARLY_ALL = 0.9
STALE = timedelta(minutes=20)
"""A series that ends so long before the picture says nothing of now."""
_LONGEST_GAP = 10.0
"""Times the usual distance between samples; what lies beyond such a gap is another time."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of one series: the level before, the level since, and when it came."""

    series: MetricSeries
    before: float
    now: float
    started_at: datetime

    @property
    def text(self) -> str:
        """What a person would say of it."""
        return f"{self.series.metric.value} {self.now:.4g} since {self.started_at:%H:%M}, {self.before:.4g} before"

    def cite(self) -> Evidence:
        """Cite the level since the step."""
        return self.series.cite(f"since {self.started_at:%H:%M} (before: {self.before:.4g})", round(self.now, 6))


def step_up(series: MetricSeries, now: datetime, factor: float, least: float = 0.0) -> Step | None:
    """Find the step by which a series rose to at least `factor` times its past, and by `least`; None if it did not."""
    found = _last_step(series, now, 1)
    grown = found is not None and found.now >= factor * found.before and found.now - found.before >= least
    return found if grown else None


def step_down(series: MetricSeries, now: datetime, least: float) -> Step | None:
    """Find the step by which a series fell by at least `least`; None if it did not."""
    found = _last_step(series, now, -1)
    return found if found is not None and found.before - found.now >= least else None


def stands_out(value: float, peers: Sequence[float]) -> bool:
    """Tell whether a value lies beyond what its peers do; without two peers nobody can tell, and it does."""
    if len(peers) < 2:
        return True
    level = median(peers)
    return value - level > SPREADS * _spread(peers, level)


def _last_step(series: MetricSeries, now: datetime, sign: int) -> Step | None:
    times, values = _unbroken(series)
    if len(values) < FEWEST_BEFORE + FEWEST_SINCE or now - _moment(times[-1]) > STALE:
        return None
    at = max(
        range(FEWEST_BEFORE, len(values) - FEWEST_SINCE + 1),
        key=lambda cut: sign * _between(values, cut),
    )
    before, since = values[:at], values[at:]
    level, risen = median(before), median(since)
    size = sign * (risen - level)
    bar = (level + risen) / 2
    lasting = sum(sign * (value - bar) >= 0 for value in since) / len(since)
    early = sum(sign * (value - bar) >= 0 for value in before) / len(before)
    ended = sum(sign * (value - bar) < 0 for value in values[-FEWEST_SINCE:]) > 1
    if size <= SPREADS * _spread(before, level) or sign * _between(values, at) < _ABRUPT * size:
        return None
    if lasting < _NEARLY_ALL or early > 1 - _NEARLY_ALL or ended:
        return None
    return Step(series, level, risen, _moment(times[at]))


def _between(values: Sequence[float], cut: int) -> float:
    """How far the samples right after a cut lie above those right before it."""
    return median(values[cut : cut + FEWEST_SINCE]) - median(values[cut - FEWEST_SINCE : cut])


def _spread(values: Sequence[float], level: float) -> float:
    return max(_MAD_OF_A_NORMAL * median(abs(value - level) for value in values), LEAST * abs(level), 1e-9)


def _unbroken(series: MetricSeries) -> tuple[Sequence[float], Sequence[float]]:
    """The samples since the last long gap, if they suffice by themselves; else all of them."""
    times, values = series.times, series.values
    if len(times) < FEWEST_BEFORE + FEWEST_SINCE:
        return times, values
    usual = median(after - before for before, after in pairwise(times))
    gaps = [at for at in range(1, len(times)) if times[at] - times[at - 1] > _LONGEST_GAP * usual]
    begin = gaps[-1] if gaps else 0
    return times[begin:], values[begin:]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
