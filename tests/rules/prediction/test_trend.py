"""When a line through samples reaches a limit, and when no line is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.prediction.trend import AHEAD, FURTHEST, rising_to
from cluster_doctor.snapshot.records import Metric, MetricSeries

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
MINUTE = 60.0


def series(values: Sequence[float], step: float = 10 * MINUTE, end: datetime = NOW) -> MetricSeries:
    last = end.timestamp()
    return MetricSeries(
        subject=ObjectRef(kind="PersistentVolumeClaim", name="db", namespace="shop"),
        metric=Metric.VOLUME_USED,
        times=tuple(last - step * back for back in range(len(values) - 1, -1, -1)),
        values=tuple(values),
    )


def test_the_date_is_what_is_left_by_the_pace() -> None:
    trend = rising_to(1.0, series([0.60 + 0.01 * at for at in range(13)]), NOW)  # six percent an hour
    assert trend is not None
    assert trend.per_hour == pytest.approx(0.06)
    assert trend.due - NOW == pytest.approx(timedelta(hours=(1 - 0.72) / 0.06), abs=timedelta(minutes=1))
    assert "+6.00% per hour" in trend.arithmetic


def test_one_wild_sample_moves_no_date() -> None:
    straight = [0.60 + 0.01 * at for at in range(13)]
    wild = [*straight[:6], 0.05, *straight[7:]]
    before, after = rising_to(1.0, series(straight), NOW), rising_to(1.0, series(wild), NOW)
    assert before is not None
    assert after is not None
    assert abs(after.due - before.due) < timedelta(minutes=30)


@pytest.mark.parametrize(
    ("what", "shape"),
    [
        ("flat", lambda at: 0.97 + 0 * at),
        ("falling", lambda at: 0.97 - 0.01 * at),
        ("noise", lambda at: 0.90 + (0.03 if at % 2 else 0.0)),
        ("a sawtooth that is emptied", lambda at: 0.60 + 0.05 * (at % 4)),
        ("risen and stopped", lambda at: 0.60 + 0.03 * min(at, 5)),
        ("full already", lambda at: 0.99 + 0.01 * at),
        ("too slow to tell", lambda at: 0.10 + 0.0009 * at),
    ],
)
def test_no_line_is_drawn_through(what: str, shape: Callable[[int], float]) -> None:
    assert rising_to(1.0, series([shape(at) for at in range(13)]), NOW) is None, what


def test_no_line_is_drawn_through_too_little() -> None:
    rise = [0.60 + 0.02 * at for at in range(13)]
    assert rising_to(1.0, None, NOW) is None
    assert rising_to(1.0, series([]), NOW) is None
    assert rising_to(1.0, series(rise[:5]), NOW) is None, "five samples"
    assert rising_to(1.0, series(rise, step=MINUTE), NOW) is None, "twelve minutes"
    assert rising_to(1.0, series(rise, end=NOW - timedelta(hours=3)), NOW) is None, "yesterday's samples"


@given(
    st.lists(st.floats(min_value=0, max_value=1), max_size=80),
    st.floats(min_value=1, max_value=3600),
    st.floats(min_value=0.5, max_value=1),
)
def test_whatever_is_predicted_lies_ahead_and_not_too_far(values: list[float], step: float, limit: float) -> None:
    trend = rising_to(limit, series(values, step), NOW)
    if trend is not None:
        assert trend.level < limit
        assert NOW < trend.due <= NOW + min(FURTHEST, AHEAD * trend.watched)
