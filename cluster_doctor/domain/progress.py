"""What a diagnosis that is under way says of itself."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from cluster_doctor.domain.report import Report


class ProgressKind(StrEnum):
    """What is told: that a node began or ended, some step of long work, or that all is done."""

    NODE_BEGAN = "node began"
    NODE_ENDED = "node ended"
    STEP = "step"
    DONE = "done"


class ProgressNote(BaseModel):
    """One thing that is told while it happens.

    Attributes:
        kind: what is told.
        at: when, in UTC.
        run_id: which run; empty until the first node begins.
        node: which node; empty for steps and at the end.
        text: a step in words, or how a node ended.
        report: the result; with the last note alone.
    """

    model_config = ConfigDict(frozen=True)

    kind: ProgressKind
    at: datetime
    run_id: str = ""
    node: str = ""
    text: str = ""
    report: Report | None = None
