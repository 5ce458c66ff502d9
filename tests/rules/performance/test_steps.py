"""A step is told from noise, load and history."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.performance.steps import stands_out, step_down, step_up
from cluster_doctor.snapshot.records import Metric, MetricSeries

END = datetime(2026, 1, 1, 12, tzinfo=UTC)
WEB = ObjectRef(kind="Deployment", name="web", namespace="shop", api_version="apps/v1")
SAMPLES = 120
FACTOR = 1.5


def _series(values: list[float], *, dropped: frozenset[int] = frozenset(), end: datetime = END) -> MetricSeries:
    first = end.timestamp() - 60 * (len(values) - 1)
    kept = [at for at in range(len(values)) if at not in dropped]
    return MetricSeries(
        subject=WEB,
        metric=Metric.LATENCY_HIGH,
        times=tuple(first + 60 * at for at in kept),
        values=tuple(values[at] for at in kept),
    )


def _noisy(level: float, seed: int, spread: float = 0.1, count: int = SAMPLES) -> list[float]:
    noise = random.Random(seed)
    return [max(0.0, level * (1 + noise.gauss(0, spread))) for _ in range(count)]


def _stepped(seed: int, at: int = 90, factor: float = 3.0, back: int | None = None) -> list[float]:
    values = _noisy(100, seed)
    return [value * factor if at <= position < (back or SAMPLES) else value for position, value in enumerate(values)]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("factor", [2.0, 3.0, 40.0])
def test_a_step_that_lasts_is_found_with_its_time_and_both_levels(seed: int, factor: float) -> None:
    found = step_up(_series(_stepped(seed, 90, factor)), END, FACTOR)
    assert found is not None
    assert abs(found.started_at - (END - timedelta(minutes=29))) <= timedelta(minutes=2)
    assert found.before == pytest.approx(100, rel=0.15)
    assert found.now == pytest.approx(100 * factor, rel=0.15)


def test_a_step_out_of_nothing_is_found() -> None:
    assert step_up(_series([0.0] * 60 + [5.0] * 30), END, FACTOR) is not None


def test_a_step_is_found_although_a_sample_stands_out_and_a_few_are_missing() -> None:
    values = _stepped(3)
    values[20] = 5_000.0
    assert step_up(_series(values, dropped=frozenset({40, 41, 42, 95})), END, FACTOR) is not None


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(_stepped(1, 60, back=100), id="a step that recovered is history"),
        pytest.param(_stepped(1, 80, back=81), id="one sample that stands out"),
        pytest.param(_stepped(1, SAMPLES - 2), id="two samples at the end"),
        pytest.param(_stepped(1)[-10:], id="too few samples"),
        pytest.param([], id="none"),
        pytest.param([7.0] * SAMPLES, id="constant"),
        pytest.param([0.0] * SAMPLES, id="nothing at all"),
        pytest.param([100.0 + position for position in range(SAMPLES)], id="a slope"),
        pytest.param([position % 30 * 10.0 for position in range(SAMPLES)], id="a saw"),
        pytest.param([100 + 80 * math.sin(position / 20) for position in range(SAMPLES)], id="a wave"),
        pytest.param(_stepped(1, factor=1.2), id="less than load does"),
        pytest.param(_stepped(1)[::-1], id="a fall"),
        pytest.param([100.0, 400.0] * 60, id="two levels in turn"),
    ],
)
def test_what_is_no_step_stays_silent(values: list[float]) -> None:
    assert step_up(_series(values), END, FACTOR) is None


def test_a_series_that_ended_long_ago_says_nothing_of_now() -> None:
    assert step_up(_series(_stepped(1)), END + timedelta(hours=1), FACTOR) is None


def test_what_lies_beyond_a_long_gap_is_another_time() -> None:
    assert step_up(_series(_stepped(1, 90), dropped=frozenset(range(60, 90))), END, FACTOR) is None


def test_a_fall_is_found_the_other_way_round() -> None:
    series = _series([1.0] * 80 + [0.6] * 30)
    assert step_down(series, END, 0.05) is not None
    assert step_up(series, END, FACTOR) is None
    assert step_down(_series([1.0] * 80 + [0.98] * 30), END, 0.05) is None


def test_one_stands_out_from_its_peers_and_all_together_do_not() -> None:
    assert stands_out(900.0, [100, 110, 95])
    assert not stands_out(900.0, [880, 910, 905])
    assert stands_out(900.0, []), "without peers there is nothing to compare with"


@settings(max_examples=300, deadline=None)
@given(
    level=st.floats(0.001, 1e9),
    spread=st.floats(0, 0.3),
    wave=st.floats(0, 0.8),
    length=st.integers(40, 400),
    drift=st.floats(-0.5, 1.0),
    seed=st.integers(0, 10_000),
    outliers=st.integers(0, 3),
    dropped=st.sets(st.integers(0, 119), max_size=40),
)
def test_healthy_series_of_many_shapes_stay_silent(  # noqa: PLR0913, PLR0917 - one argument for each property
    level: float, spread: float, wave: float, length: int, drift: float, seed: int, outliers: int, dropped: set[int]
) -> None:
    noise = random.Random(seed)
    values = [
        level
        * (1 + wave * math.sin(2 * math.pi * (position + seed) / length) + drift * position / SAMPLES)
        * max(0.0, 1 + noise.gauss(0, spread))
        for position in range(SAMPLES)
    ]
    for _ in range(outliers):
        values[noise.randrange(SAMPLES)] *= noise.uniform(0, 50)
    assert step_up(_series(values, dropped=frozenset(dropped)), END, FACTOR) is None
