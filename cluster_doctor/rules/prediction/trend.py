"""When a series that rises steadily will reach a limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from statistics import median

from cluster_doctor.snapshot.records import MetricSeries

FEWEST_SAMPLES = 6
SHORTEST_WATCH = timedelta(hours=1)
STALE = timedelta(hours=1)
LEAST_RISE = 0.01
"""Share of the whole by which a series must have risen while it was watched; less is noise."""
STEADY = 0.8
"""Share of the pairs of samples that differ of which the later one must be higher."""
AHEAD = 12
"""A trend is not drawn further than this many times as long as it was watched."""
FURTHEST = timedelta(days=7)
_MOST_SAMPLES = 60
"""Samples that are compared with each other; of longer series every so many-th."""

Sample = tuple[float, float]


@dataclass(frozen=True)
class Trend:
    """A steady rise: the level now and the rise per hour as shares of the whole, and when the limit is reached."""

    level: float
    per_hour: float
    limit: float
    watched: timedelta
    samples: int
    due: datetime

    @property
    def arithmetic(self) -> str:
        """How the date comes about."""
        hours = (self.limit - self.level) / self.per_hour
        return (
            f"{self.level:.1%} now, {self.per_hour:+.2%} per hour (median slope of {self.samples} samples over "
            f"{self.watched.total_seconds() / 3600:.1f} h), so {self.limit:.1%} in {hours:.1f} h"
        )


def rising_to(limit: float, series: MetricSeries | None, now: datetime) -> Trend | None:
    """Draw the line of a share that rises, by the Theil-Sen estimator: the median of the slopes between all samples.

    None where there are too few samples, where they are old, where the series falls, is flat, jumps up and down or
    has stopped rising, where the limit is reached already, and where it is too far away to be told.

    Reference: P. K. Sen, "Estimates of the Regression Coefficient Based on Kendall's Tau", 1968.
    """
    samples = _thinned(list(zip(series.times, series.values, strict=False))) if series else []
    if len(samples) < FEWEST_SAMPLES:
        return None
    watched = timedelta(seconds=samples[-1][0] - samples[0][0])
    last = datetime.fromtimestamp(samples[-1][0], UTC)
    if watched < SHORTEST_WATCH or abs(now - last) > STALE:
        return None
    slope = _slope(samples)
    if slope * watched.total_seconds() < LEAST_RISE or _slope(samples[len(samples) // 2 :]) <= 0:
        return None
    if _steadiness(samples) < STEADY:
        return None
    level = median(value + slope * (samples[-1][0] - moment) for moment, value in samples[-3:])
    if level >= limit:
        return None
    left = (limit - level) / slope
    if left > min(FURTHEST, AHEAD * watched).total_seconds():
        return None
    due = last + timedelta(seconds=left)
    return Trend(level, slope * 3600, limit, watched, len(samples), due) if due > now else None


def _thinned(samples: list[Sample]) -> list[Sample]:
    step = -(-len(samples) // _MOST_SAMPLES)
    return samples[::-1][::step][::-1] if step > 1 else samples


def _slope(samples: Sequence[Sample]) -> float:
    slopes = [(b - a) / (after - before) for (before, a), (after, b) in combinations(samples, 2) if after > before]
    return median(slopes) if slopes else 0.0


def _steadiness(samples: Sequence[Sample]) -> float:
    changes = [b - a for (_, a), (_, b) in combinations(samples, 2) if a != b]
    return sum(change > 0 for change in changes) / len(changes) if changes else 0.0
