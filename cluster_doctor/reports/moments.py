"""When what happened, as far as a report knows: changes, the first sign of causes and symptoms, events, the picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cluster_doctor.domain.change import PriorChange
from cluster_doctor.domain.evidence import Evidence, EvidenceSource
from cluster_doctor.domain.report import Report
from cluster_doctor.reports import wording


class MomentKind(StrEnum):
    """What kind of thing happened, in the words of the page; in the order in which those of one second are told."""

    CHANGE = "change"
    CAUSE = "cause begins"
    SYMPTOM = "symptom begins"
    EVENT = "event"
    LOG = "log"
    ALERT = "alert"
    PICTURE = "this picture"
    AHEAD = "coming up"


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened, or will."""

    at: datetime
    kind: MomentKind
    what: str
    details: tuple[str, ...] = ()


_HAPPENED = {
    EvidenceSource.EVENT: MomentKind.EVENT,
    EvidenceSource.LOG: MomentKind.LOG,
    EvidenceSource.ALERT: MomentKind.ALERT,
}
"""Evidence that tells of a time at which something happened. That of an object only tells when it was read."""
_ORDER = list(MomentKind)


def moments_of(report: Report) -> tuple[Moment, ...]:
    """Everything in a report that has a time, oldest first, each once."""
    found = dict.fromkeys((*_causes(report), *_others(report)))
    return tuple(sorted(found, key=lambda moment: (moment.at, _ORDER.index(moment.kind))))


def distance(moment: Moment, report: Report) -> str:
    """How long before or after the picture that was."""
    if moment.kind is MomentKind.PICTURE:
        return ""
    if moment.at > report.taken_at:
        return f"in {wording.age(moment.at - report.taken_at)}"
    return f"{wording.age(report.taken_at - moment.at)} before"


def _causes(report: Report) -> Iterator[Moment]:
    for number, cause in enumerate(report.root_causes, 1):
        if cause.since:
            yield Moment(cause.since, MomentKind.CAUSE, f"{number}. {cause.subject}: {cause.statement}")
        yield from _changed(cause.changes)
        for symptom in cause.explains:
            if symptom.since:
                yield Moment(symptom.since, MomentKind.SYMPTOM, f"{symptom.subject}: {symptom.statement}")
        yield from _happened(cause.evidence)


def _others(report: Report) -> Iterator[Moment]:
    yield from _changed(report.changes)
    for symptom in report.unexplained:
        if symptom.since:
            yield Moment(
                symptom.since, MomentKind.SYMPTOM, f"{symptom.subject}: {symptom.statement}", ("not explained",)
            )
    for change in report.log_changes:
        if change.at:
            yield Moment(change.at, MomentKind.LOG, wording.log_change(change))
    yield Moment(report.taken_at, MomentKind.PICTURE, f"taken from {report.source}")
    for coming in report.predictions:
        if coming.due:
            yield Moment(coming.due, MomentKind.AHEAD, f"{coming.subject}: {coming.message}")


def _changed(changes: tuple[PriorChange, ...]) -> Iterator[Moment]:
    for told in changes:
        change = told.change
        if change.at:
            fields = tuple(map(wording.field, change.fields))
            yield Moment(
                change.at, MomentKind.CHANGE, f"{change.subject}: {change.statement}{wording.by(change)}", fields
            )


def _happened(evidence: tuple[Evidence, ...]) -> Iterator[Moment]:
    for fact in evidence:
        kind = _HAPPENED.get(fact.source)
        if kind and fact.observed_at:
            yield Moment(fact.observed_at, kind, wording.fact(fact))
