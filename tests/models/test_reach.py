"""What a model adds is counted, and a bad one spoils nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from .actors import hallucinating
from .reach import Actor, LeftOpen, asked, beyond_rules, judged, misreading, oracle

CASES = list(beyond_rules())


def outcomes(actor: Callable[[LeftOpen], Actor]) -> Counter[str]:
    return Counter(judged(case, asked(case, actor(case))) for case in CASES)


def test_the_rules_leave_what_programs_say_in_their_own_words_open() -> None:
    assert len(CASES) == 24
    assert not any(cause for case in CASES for cause in case.before.root_causes if not cause.is_weak)


def test_the_best_model_there_could_be_is_nearly_always_right() -> None:
    found = outcomes(oracle)
    assert found["wrong"] == 0
    assert found["right"] >= 22


@pytest.mark.parametrize("actor", [lambda _: hallucinating, misreading], ids=["makes things up", "cites at random"])
def test_a_bad_model_resolves_nothing_wrongly(actor: Callable[[LeftOpen], Actor]) -> None:
    assert outcomes(actor)["wrong"] == 0
