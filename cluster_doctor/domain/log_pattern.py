"""What logs say, line after line of one form counted as one pattern."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from cluster_doctor.domain.coverage import Gap
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.refs import ObjectRef

LOGS_VERSION = "1"


class LogPattern(BaseModel):
    """Lines of one form.

    `template` has `<…>` wherever lines differ. `level` is the worst that a writer said of them, empty if none did, and
    `trouble` what they are evidence for, empty if for nothing known. `first_seen` and `last_seen` are None where no
    line bears a time. `is_new` is None where nothing from before was read that could tell. `example` cites one line.
    """

    model_config = ConfigDict(frozen=True)

    template: str
    count: int
    level: str = ""
    trouble: str = ""
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    workloads: tuple[ObjectRef, ...] = ()
    is_new: bool | None = None
    example: Evidence


class LogReport(BaseModel):
    """The patterns in the logs of a scope. Its JSON form is a contract; `docs/logs.schema.json` holds it.

    `patterns` are ordered: new ones first, then by level and count. `lines` were counted; `undated` of them bear no
    time and count as within the window. `left_out` counts lines beyond what is read at the most.
    """

    model_config = ConfigDict(frozen=True)

    schema_version: str = LOGS_VERSION
    source: str
    taken_at: datetime
    since: datetime | None = None
    lines: int = 0
    undated: int = 0
    left_out: int = 0
    workloads: tuple[ObjectRef, ...] = ()
    patterns: tuple[LogPattern, ...] = ()
    gaps: tuple[Gap, ...] = ()


class LogChange(BaseModel):
    """What a workload's logs say since a change and did not say before. It goes with a cause, and is none by itself."""

    model_config = ConfigDict(frozen=True)

    subject: ObjectRef
    change: str
    at: datetime | None = None
    patterns: tuple[LogPattern, ...]
