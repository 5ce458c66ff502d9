"""Every class of faults that clusters are known for: found at its origin, or said to be undecidable."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_doctor.domain.diagnosis import Status
from cluster_doctor.rules.catalogue import all_rules

from .cases import NEIGHBOURS, FaultCase, all_cases
from .page import render_page

CASES = all_cases()
RULES = {rule.name for rule in all_rules()}
PAGE = Path(__file__).parents[2] / "docs" / "fault-classes.md"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path.stem)
def test_the_origin_is_the_one_root_cause_and_explains_every_symptom(case: FaultCase) -> None:
    diagnosis = case.diagnosis()
    found = [(cause.rule, f"{cause.subject.kind}/{cause.subject.name}") for cause in diagnosis.root_causes]
    assert found == ([(case.rule, case.subject)] if case.rule else [])
    assert diagnosis.unexplained == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path.stem)
def test_a_case_says_what_must_be_said_of_it(case: FaultCase) -> None:
    assert case.path.stem.partition(".")[0] == case.fault
    assert case.rule in RULES if case.rule else case.healthy or case.undecidable
    assert "kind:" in case.objects


@pytest.mark.parametrize("case", [case for case in CASES if case.healthy], ids=lambda case: case.fault)
def test_a_cluster_that_is_well_is_called_healthy(case: FaultCase) -> None:
    assert case.diagnosis().status is Status.HEALTHY


def test_the_neighbours_alone_are_well() -> None:
    alone = FaultCase.of_objects(NEIGHBOURS.read_text(encoding="utf-8"))
    assert alone.diagnosis().status is Status.HEALTHY


def test_the_page_of_classes_is_that_of_the_cases() -> None:
    made = render_page(CASES)
    assert PAGE.read_text(encoding="utf-8") == made, "make it again: make docs"
