"""What rules say about a snapshot."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from pydantic import BaseModel, ConfigDict, computed_field, field_serializer, field_validator

from cluster_doctor.domain.effects import Effect
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.generated_names import lasting_name
from cluster_doctor.domain.refs import ObjectRef


class Severity(IntEnum):
    """How bad a finding is, in rising order."""

    INFO = 10
    WARNING = 20
    ERROR = 30
    CRITICAL = 40

    @classmethod
    def parse(cls, text: str) -> Severity:
        """Read a severity by name, in any case.

        Raises:
            ValueError: `text` names no severity; the message lists those that exist.
        """
        try:
            return cls[text.strip().upper()]
        except KeyError:
            known = ", ".join(member.name for member in cls)
            msg = f"unknown severity {text!r}; one of {known}"
            raise ValueError(msg) from None


class Verdict(StrEnum):
    """What a rule says about one subject."""

    FIRED = "FIRED"
    CLEAR = "CLEAR"
    UNKNOWN = "UNKNOWN"


class Stage(StrEnum):
    """What a finding tells of.

    CAUSE: an origin. SYMPTOM: a misbehaviour that something else must explain. PREDICTION: what is well today and
    will not stay so. RISK: what is well and stays so until something else fails; told on request only.
    """

    CAUSE = "cause"
    SYMPTOM = "symptom"
    PREDICTION = "prediction"
    RISK = "risk"


WRONG_NOW = frozenset({Stage.CAUSE, Stage.SYMPTOM})
"""The stages that a diagnosis is made of."""


class Directness(StrEnum):
    """How directly the evidence shows the cause, best first; the confidence starts from it.

    STATED: the API server, scheduler, kubelet or runtime says it in so many words.
    COMPARED: two objects were read and contradict each other.
    REPORTED: an application's log or a probe says it.
    MEASURED: metrics or alerts stand out from their past or their peers.
    SUGGESTED: a plausible reading that needs another look.
    """

    STATED = "stated"
    COMPARED = "compared"
    REPORTED = "reported"
    MEASURED = "measured"
    SUGGESTED = "suggested"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a rule yields for one subject.

    Attributes:
        message: the statement, with the concrete wrong value.
        evidence: facts from the snapshot that show it; never empty.
        blame: the object that has to change or that someone owns; the workload of the subject by default.
        effects: states that the match brings about (cause) or that it observes (symptom).
        because: effects which, brought about by another finding, turn this match into its echo.
        since: when it began, if the evidence tells.
        about: tells two matches of one rule on one object apart (a container, a port, a key).
        directness: overrides that of the rule where one branch of it is weaker or stronger.
        facts: the values that a remedy needs, by name (`wanted`, `actual`, `container`, …).
        due: of a prediction, when it comes true; None if that hangs on what somebody does next.
        arithmetic: of a prediction, the figures that lead to it, in one sentence.
    """

    message: str
    evidence: tuple[Evidence, ...]
    blame: ObjectRef | None = None
    effects: tuple[Effect, ...] = ()
    because: tuple[Effect, ...] = ()
    since: datetime | None = None
    about: str = ""
    directness: Directness | None = None
    facts: tuple[tuple[str, str], ...] = ()
    due: datetime | None = None
    arithmetic: str = ""


class Finding(BaseModel):
    """A match, stamped with its rule and subject; matches of one workload's pods are one finding."""

    model_config = ConfigDict(frozen=True)

    rule: str
    subject: ObjectRef
    severity: Severity
    stage: Stage
    directness: Directness
    message: str
    evidence: tuple[Evidence, ...]
    effects: tuple[Effect, ...] = ()
    because: tuple[Effect, ...] = ()
    affected: tuple[ObjectRef, ...] = ()
    since: datetime | None = None
    about: str = ""
    facts: dict[str, str] = {}
    due: datetime | None = None
    arithmetic: str = ""

    @field_serializer("severity")
    def _severity_name(self, severity: Severity) -> str:
        return severity.name

    @field_validator("severity", mode="before")
    @classmethod
    def _severity_from_name(cls, value: object) -> object:
        return Severity.parse(value) if isinstance(value, str) else value

    @computed_field  # type: ignore[prop-decorator]  # pydantic documents this order
    @property
    def fingerprint(self) -> str:
        """Stable across runs: rule, owning object and what it is about, never generated names or counts."""
        group, kind, namespace, name = self.subject.key
        body = "\0".join((self.rule, group, kind, namespace, lasting_name(kind, name), self.about))
        return hashlib.sha256(body.encode()).hexdigest()[:16]
