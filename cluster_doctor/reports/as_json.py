"""The report for programs."""

from __future__ import annotations

import orjson
from pydantic import ValidationError

from cluster_doctor.domain.cause_summary import ReportSummary
from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.domain.report import SCHEMA_VERSION, Report
from cluster_doctor.reports.plain import plain_json


def render_json(report: Report) -> str:
    """Write a report as JSON with sorted keys; `docs/report.schema.json` describes it."""
    return plain_json(report.model_dump(mode="json"))


def render_summary(summary: ReportSummary) -> str:
    """Write a summary as JSON with sorted keys; `docs/summary.schema.json` describes it."""
    return plain_json(summary.model_dump(mode="json"))


def load_report(content: str | bytes) -> Report:
    """Read a report back from its JSON form.

    Raises:
        UnreadableInput: it is no report, or one of another schema version.
    """
    try:
        plain = orjson.loads(content)
        version = plain.get("schema_version") if isinstance(plain, dict) else None
        if version != SCHEMA_VERSION:
            raise UnreadableInput(
                f"this is no report of schema version {SCHEMA_VERSION}: found {version!r}",
                "Make it again with `cluster-doctor diagnose --output json`.",
            )
        return Report.model_validate(plain)
    except (orjson.JSONDecodeError, ValidationError) as error:
        raise UnreadableInput(f"this is no report: {error}", "Give the JSON that `diagnose` printed.") from error
