"""A root cause in the form in which incident tools and postmortems ask for it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from cluster_doctor.domain.diagnosis import Status
from cluster_doctor.domain.refs import ObjectRef

SUMMARY_VERSION = "1"


class CauseSummary(BaseModel):
    """One root cause: what it is, what contributed to it, what repairs it, what keeps it from coming again.

    All of it is taken from the report and from the rules' documentation; nothing is made up. `evidence` are the ids of
    facts in the report.
    """

    model_config = ConfigDict(frozen=True)

    root_cause: str | None = None
    contributing_factors: tuple[str, ...] = ()
    fix_steps: tuple[str, ...] = ()
    prevention: tuple[str, ...] = ()
    subject: ObjectRef | None = None
    rule: str = ""
    confidence: float = 0.0
    evidence: tuple[str, ...] = ()


class ReportSummary(CauseSummary):
    """The most probable root cause of a report, and the others.

    Its JSON form is a contract; `docs/summary.schema.json` holds it. `root_cause` is null where none was found.
    """

    schema_version: str = SUMMARY_VERSION
    run_id: str
    status: Status
    other_root_causes: tuple[CauseSummary, ...] = ()
