"""What a scan found, and what was decided about it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Literal

from pydantic import BaseModel, ConfigDict

from cluster_doctor.domain.coverage import Gap
from cluster_doctor.domain.findings import Finding, Severity
from cluster_doctor.domain.location import Location
from cluster_doctor.domain.refs import ObjectRef


class ScanVerdict(StrEnum):
    """How a scan ended.

    CLEAR: nothing at or above the severity. FOUND: something. BLIND: too little was seen to say.
    """

    CLEAR = "clear"
    FOUND = "found"
    BLIND = "blind"


class Suppression(BaseModel):
    """Somebody's decision not to be told of some findings, until a day.

    Every one of `rule`, `kind`, `namespace` and `name` is a glob pattern, and empty matches all. `expires` is the
    last day on which it holds.
    """

    model_config = ConfigDict(frozen=True)

    rule: str = ""
    fingerprint: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    owner: str
    reason: str
    expires: date
    line: int = 0

    def covers(self, finding: Finding) -> bool:
        """Tell whether a finding is meant, whatever the day."""
        subject = finding.subject
        return (not self.fingerprint or self.fingerprint == finding.fingerprint) and all(
            not pattern or fnmatchcase(value, pattern)
            for pattern, value in (
                (self.rule, finding.rule),
                (self.kind, subject.kind),
                (self.namespace, subject.namespace or ""),
                (self.name, subject.name),
            )
        )

    def __str__(self) -> str:
        """What is suppressed, and by whom."""
        where = "/".join(part or "*" for part in (self.kind, self.namespace, self.name))
        what = " ".join(part for part in (self.rule, self.fingerprint, where if where != "*/*/*" else "") if part)
        return f"{what} (line {self.line}, owner {self.owner}, expires {self.expires})"


class ScanFinding(Finding):
    """A finding with what a scan knows beyond it.

    `near` tells of a prediction that it is due within a week, from which on it counts like what is wrong now.
    """

    root_cause: bool = False
    near: bool = False
    location: Location | None = None
    suppression: Suppression | None = None


class PastFinding(BaseModel):
    """A finding of the baseline that the scan did not meet again."""

    model_config = ConfigDict(frozen=True)

    fingerprint: str
    rule: str
    subject: ObjectRef
    message: str


class Unchecked(BaseModel):
    """A rule that could not judge everywhere, for lack of what it needs."""

    model_config = ConfigDict(frozen=True)

    rule: str
    lacks: tuple[str, ...]
    because: tuple[str, ...] = ()


class ScanReport(BaseModel):
    """The result of a scan.

    `findings` are shown and judged, root causes first. `predictions` are shown apart, what is due first before the
    rest, and judged only where they are due within a week. Beside them stand those that the baseline knows (`known`)
    and those that somebody suppressed (`suppressed`). Of the baseline, `gone` was looked for and is not there;
    `unverified` could not be looked for.
    """

    model_config = ConfigDict(frozen=True)

    schema_version: Literal["1"] = "1"
    source: str
    fail_on: str
    verdict: ScanVerdict
    findings: tuple[ScanFinding, ...] = ()
    predictions: tuple[ScanFinding, ...] = ()
    compared: bool = False
    known: tuple[ScanFinding, ...] = ()
    gone: tuple[PastFinding, ...] = ()
    unverified: tuple[PastFinding, ...] = ()
    suppressed: tuple[ScanFinding, ...] = ()
    suppressions_expired: tuple[Suppression, ...] = ()
    suppressions_unused: tuple[Suppression, ...] = ()
    gaps: tuple[Gap, ...] = ()
    could_not_check: tuple[Unchecked, ...] = ()

    def worst(self) -> Severity | None:
        """The highest severity among the findings that are judged."""
        return max((found.severity for found in self.judged), default=None)

    @property
    def judged(self) -> tuple[ScanFinding, ...]:
        """What the severity is compared with: what is wrong now, and what will be within a week."""
        return (*self.findings, *(found for found in self.predictions if found.near))
