"""A page that lists runs, newest first, each with a link to its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cluster_doctor.domain.diagnosis import Status
from cluster_doctor.domain.report import Report
from cluster_doctor.domain.triage import Priority
from cluster_doctor.reports.html import MARKS, TONES, page, piece

INDEX = "index.html"


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One run in the list.

    Attributes:
        run_id: its id.
        began_at: when it began.
        took: how long it took; None while it is not at its end.
        incident: what was reported.
        state: how far it came.
        origin: what it read.
        status: how its diagnosis ended; None if it has none.
        priority: how urgent it is, if that was judged.
        cause: the first cause, and how many more there are.
        confidence: how probable that cause is.
        page: the file of its report, beside the list; empty if there is none.
        problem: why there is no report.
    """

    run_id: str
    began_at: datetime
    took: timedelta | None
    incident: str
    state: str
    origin: str
    status: Status | None = None
    priority: Priority | None = None
    cause: str = ""
    confidence: float | None = None
    page: str = ""
    problem: str = ""


def with_report(entry: IndexEntry, report: Report, file: str) -> IndexEntry:
    """An entry with what a report found, and the page that shows it."""
    first = report.root_causes[0] if report.root_causes else None
    more = f", and {len(report.root_causes) - 1} more" if len(report.root_causes) > 1 else ""
    return replace(
        entry,
        status=report.status,
        priority=report.triage.priority if report.triage else None,
        cause=f"{first.subject}: {first.statement}{more}" if first else "",
        confidence=first.confidence if first else None,
        page=file,
    )


def render_index(entries: Sequence[IndexEntry], *, left_out: bool = False) -> str:
    """Write the list as a whole page.

    Args:
        entries: newest first.
        left_out: whether there are older runs.
    """
    fragment = piece("index.html.j2", entries=entries, left_out=left_out, tones=TONES, marks=MARKS)
    return page(fragment, "Runs")
