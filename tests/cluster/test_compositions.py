"""Faults and harmless things composed at random: each cause is named as it is alone, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from cluster.calibration import DISPENSABLE
from cluster.composition import Part, causes_of, compose
from cluster.conftest import Recordings
from cluster.scenario import all_scenarios

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]
MOST = 4
"""Recordings in one composition."""
SCENARIOS = [scenario for scenario in all_scenarios() if not scenario.alone]
PICKED = some.lists(
    some.sampled_from([scenario.name for scenario in SCENARIOS]), min_size=2, max_size=MOST, unique=True
)
HARMLESS = some.lists(
    some.sampled_from([scenario.name for scenario in SCENARIOS if scenario.healthy]),
    min_size=1,
    max_size=MOST,
    unique=True,
)
ORDERS = some.integers(0, 2**32)
IN_SESSION = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture(scope="module")
def parts(recordings: Recordings) -> dict[str, Part]:
    found = {}
    for scenario in SCENARIOS:
        seen = recordings.of(scenario)
        causes = causes_of(seen, scenario.namespace)
        found[scenario.name] = Part(scenario.name, scenario.namespace, seen, causes)
    return found


@given(picked=PICKED, order=ORDERS)
@settings(max_examples=1000, deadline=None, suppress_health_check=IN_SESSION)
def test_faults_in_one_cluster_are_named_as_they_are_alone(
    picked: list[str], order: int, parts: dict[str, Part]
) -> None:
    chosen = [parts[name] for name in picked]
    found = causes_of(compose(chosen, order), *(part.namespace for part in chosen))
    assert found == frozenset().union(*(part.causes for part in chosen))


@given(picked=HARMLESS, order=ORDERS, without=some.sets(some.sampled_from(DISPENSABLE), max_size=6))
@settings(max_examples=500, deadline=None, suppress_health_check=IN_SESSION)
def test_what_is_harmless_stays_so_whatever_was_not_read(
    picked: list[str], order: int, without: set[str], parts: dict[str, Part]
) -> None:
    chosen = [parts[name] for name in picked]
    assert causes_of(compose(chosen, order, without), *(part.namespace for part in chosen)) == frozenset()


@given(picked=PICKED, order=ORDERS, without=some.sets(some.sampled_from(DISPENSABLE), min_size=1, max_size=6))
@settings(max_examples=500, deadline=None, suppress_health_check=IN_SESSION)
def test_a_harmless_neighbour_is_never_blamed_whatever_was_not_read(
    picked: list[str], order: int, without: set[str], parts: dict[str, Part]
) -> None:
    chosen = [parts[name] for name in picked]
    found = causes_of(compose(chosen, order, without), *(part.namespace for part in chosen))
    harmless = [part.namespace for part in chosen if not part.causes]
    assert not [cause for cause in found for space in harmless if f"{space}/" in cause[1]]
