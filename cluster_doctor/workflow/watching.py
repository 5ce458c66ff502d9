"""What is said of a run and its nodes to whoever watches: verdicts, counts and hashes."""

from __future__ import annotations

from cluster_doctor.domain.report import Report
from cluster_doctor.domain.tracing import TraceKey, TraceSpan
from cluster_doctor.workflow.state import CaseState


def note_update(span: TraceSpan, update: CaseState) -> None:
    """Say by hash what a node came to."""
    for key, found in (
        (TraceKey.SNAPSHOT_HASH, update.get("snapshot")),
        (TraceKey.DIAGNOSIS_HASH, update.get("diagnosis")),
        (TraceKey.PLANS_HASH, update.get("plans")),
    ):
        if found:
            span.note(key, found)


def note_standing(span: TraceSpan, standing: str, report: Report) -> None:
    """Say how a run stands, and what it found in numbers."""
    span.note(TraceKey.STANDING, standing)
    span.note(TraceKey.VERDICT, report.status.value)
    span.note(TraceKey.CAUSES, len(report.root_causes))
    span.note(TraceKey.UNEXPLAINED, len(report.unexplained))
    span.note(TraceKey.GAPS, len(report.gaps))
    if report.triage:
        span.note(TraceKey.PRIORITY, report.triage.priority.value)
