"""The timeline of a report."""

from __future__ import annotations

from datetime import timedelta

from pages.samples import healthy, two_causes
from whole_report import full_report

from cluster_doctor.reports.html import report_fragment
from cluster_doctor.reports.moments import MomentKind, distance, moments_of
from cluster_doctor.rules.example import NOW


def test_what_happened_is_told_oldest_first_and_each_thing_once() -> None:
    found = moments_of(two_causes())
    assert [moment.at for moment in found] == sorted(moment.at for moment in found)
    assert len(set(found)) == len(found)
    told = [
        (moment.kind, distance(moment, two_causes())) for moment in found if "Deployment shop/checkout" in moment.what
    ]
    assert told[:2] == [(MomentKind.CHANGE, "31 min before"), (MomentKind.CAUSE, "30 min before")]
    (change, *_) = (moment for moment in found if moment.kind is MomentKind.CHANGE)
    assert "by ada@example.com" in change.what
    assert change.details == ("spec.template.spec.containers[0].image: web:1.4.2 -> web:1.5.0",)


def test_the_picture_and_what_is_coming_up_are_on_the_timeline() -> None:
    *_, picture, ahead = moments_of(full_report("said"))
    assert (picture.kind, picture.at, distance(picture, full_report())) == (MomentKind.PICTURE, NOW, "")
    assert (ahead.kind, ahead.at) == (MomentKind.AHEAD, NOW + timedelta(days=3))
    assert distance(ahead, full_report()) == "in 3 d"


def test_facts_of_objects_are_no_events() -> None:
    objects = [moment for moment in moments_of(two_causes()) if "status.phase" in moment.what]
    assert objects == []


def test_a_report_in_which_nothing_has_a_time_shows_no_timeline() -> None:
    assert "What happened when" not in report_fragment(healthy())
    assert "What happened when" in report_fragment(two_causes())
