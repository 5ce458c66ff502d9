"""A sentence holds if its names, numbers, times and quotations stand in what it cites."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.inference.citations import objections
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.views import Deployment, Event, Pod

from .incidents import NEVER_READY

CLUSTER = snapshot_of(NEVER_READY)
DEPLOYMENT = next(view for view in CLUSTER.all(Deployment))
VALUE = DEPLOYMENT.cite("spec.template.spec.containers[0].env[0].value")
NAME = DEPLOYMENT.cite("spec.template.spec.containers[0].env[0].name")
EVENT = CLUSTER.all(Event)[0].cite_message()
READY = CLUSTER.all(Pod)[0].cite("status.conditions[0].lastTransitionTime")


@pytest.mark.parametrize(
    "sentence",
    [
        'REGION of Deployment ledger is "eu-wset-1"',
        "Deployment shop/ledger carries eu-wset-1 in REGION",
        "its region is `eu-wset-1`",
        "the value eu-wset-1 stands in env[0]",
    ],
)
def test_what_is_shown_holds(sentence: str) -> None:
    assert not list(objections(sentence, [VALUE, NAME], CLUSTER))


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ('its region is "eu-west-1"', "eu-west-1"),
        ("its region eu-wset-1 fails 14 times", "14"),
        ("Pod ledger-2-x carries eu-wset-1", "ledger-2-x"),
        ("deployment payments-v2 carries eu-wset-1", "payments-v2"),
        ("since 11:45 its region is eu-wset-1", "11:45"),
        ("its memory limit is 64Mi", "64Mi"),
    ],
)
def test_what_is_added_does_not(sentence: str, told: str) -> None:
    assert any(told in why for why in objections(sentence, [VALUE, NAME], CLUSTER))


def test_times_numbers_and_counts_stand_in_the_facts() -> None:
    assert not list(objections("it is not ready since 2026-01-01T11:31:00Z", [READY], CLUSTER))
    assert not list(objections("2 facts tell of a probe with statuscode: 503", [EVENT, READY], CLUSTER))


def test_without_a_fact_nothing_holds() -> None:
    assert list(objections("it is slow", [], CLUSTER)) == ["it cites nothing"]


def test_a_fact_that_the_picture_does_not_show_is_none() -> None:
    forged = VALUE.model_copy(update={"value": "eu-west-1"})
    assert any("not what was observed" in why for why in objections('it is "eu-west-1"', [forged], CLUSTER))


def test_an_absence_is_a_fact_where_somebody_looked() -> None:
    gone = CLUSTER.cite_absence(ObjectRef(kind="ConfigMap", name="shards", namespace="shop"))
    assert not list(objections("ConfigMap shards does not exist", [gone], CLUSTER))


def test_endless_sentences_are_none() -> None:
    assert any("longer than" in why for why in objections("a " * 900, [VALUE], CLUSTER))
