"""Confidence tells how often answers are right, also on kinds of faults that it was not fitted on."""

from __future__ import annotations

import pytest

from cluster.calibration import Answer, answers, as_shipped, error, left_out
from cluster.conftest import Recordings
from cluster.scenario import all_scenarios

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]
MOST = 0.05
"""The expected calibration error that is promised."""


@pytest.fixture(scope="module")
def given(recordings: Recordings) -> list[Answer]:
    return list(answers((scenario, recordings.of(scenario)) for scenario in all_scenarios()))


def test_the_calibration_error_stays_within_what_is_promised(given: list[Answer]) -> None:
    assert len(given) > 1000
    assert error(as_shipped(given)) <= MOST


def test_it_does_so_on_each_kind_of_fault_when_the_priors_were_fitted_on_the_others(given: list[Answer]) -> None:
    assert len({answer.fault for answer in given}) > 30
    assert error(left_out(given)) <= MOST
