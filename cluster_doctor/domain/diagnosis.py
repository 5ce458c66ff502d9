"""What is wrong, why, and how sure that is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from cluster_doctor.domain.change import PriorChange
from cluster_doctor.domain.coverage import Gap
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.findings import Severity
from cluster_doctor.domain.incident import Symptom
from cluster_doctor.domain.inquiry import Lead
from cluster_doctor.domain.log_pattern import LogChange
from cluster_doctor.domain.prediction import Prediction
from cluster_doctor.domain.recurrence import Recurrence
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.runbook import RunbookMatch

WEAK = 0.5
"""Below this a root cause is a suggestion; something more concrete may take its place."""


class Status(StrEnum):
    """How a diagnosis ended."""

    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"
    HEALTHY = "healthy"


class FoundBy(StrEnum):
    """Who found a cause. What a model proposed became one by evidence that code matched."""

    RULES = "rules"
    MODEL = "model"


class ChainLink(BaseModel):
    """One step from cause to symptom: because the one before is so, this is so.

    `effect` is its state in the words of `EffectKind`; empty for the cause itself.
    """

    model_config = ConfigDict(frozen=True)

    subject: ObjectRef
    statement: str
    observed: bool
    effect: str = ""


class Hypothesis(BaseModel):
    """A candidate root cause, with what speaks for and against it."""

    model_config = ConfigDict(frozen=True)

    subject: ObjectRef
    rule: str
    statement: str
    confidence: float = Field(ge=0, le=1)
    against: str = ""
    evidence: tuple[Evidence, ...] = ()


class RootCause(BaseModel):
    """An accepted cause.

    `subject` is the object that has to change or that someone owns: the Deployment, not its Pod. `confidence`
    is a probability from 0 to 1. `chain` leads from the cause to the symptoms. `changes` came before the first of them
    and touch what the cause is about; they tell of its origin, and add nothing to the confidence.
    Nor do `seen_before`, what earlier runs saw that resembles it, and `runbooks`, what people wrote down for it.
    `remedy` is what the rule's documentation advises.

    `fingerprint` is that of the cause alone. `chain_fingerprint` adds the effects on its chain, and
    `kind_fingerprint` has these without the object. All are stable across runs, clusters and generated names.
    """

    model_config = ConfigDict(frozen=True)

    subject: ObjectRef
    rule: str
    found_by: FoundBy = FoundBy.RULES
    severity: str
    statement: str
    confidence: float = Field(ge=0, le=1)
    confidence_basis: str
    evidence: tuple[Evidence, ...]
    chain: tuple[ChainLink, ...]
    explains: tuple[Symptom, ...] = ()
    affected: tuple[ObjectRef, ...] = ()
    since: datetime | None = None
    changes: tuple[PriorChange, ...] = ()
    about: str = ""
    facts: dict[str, str] = {}
    remedy: str = ""
    fingerprint: str = ""
    chain_fingerprint: str = ""
    kind_fingerprint: str = ""
    seen_before: tuple[Recurrence, ...] = ()
    runbooks: tuple[RunbookMatch, ...] = ()

    @property
    def is_weak(self) -> bool:
        """Whether it is rather wrong than right: what the evidence suggests, and does not show."""
        return self.confidence < WEAK

    @property
    def severity_level(self) -> Severity:
        """The severity, comparable."""
        return Severity.parse(self.severity)


class NextProbe(BaseModel):
    """What to read next where something stays unexplained.

    `kind` is a kind of objects, or of records such as `Log`. `decides` names the rules that could explain it and
    cannot judge without: whether each fires or is clear tells their hypotheses apart.
    """

    model_config = ConfigDict(frozen=True)

    kind: str
    namespace: str | None = None
    command: str
    decides: tuple[str, ...]


class Diagnosis(BaseModel):
    """What is wrong: root causes, most probable first, and the honest remainder.

    `leads` are what a model proposed, with what became of each. `log_changes` tell what workloads that are concerned
    log since a change; they are told beside the causes. `changes` came before what is left unexplained.
    """

    model_config = ConfigDict(frozen=True)

    status: Status
    root_causes: tuple[RootCause, ...] = ()
    ruled_out: tuple[Hypothesis, ...] = ()
    unexplained: tuple[Symptom, ...] = ()
    leads: tuple[Lead, ...] = ()
    log_changes: tuple[LogChange, ...] = ()
    changes: tuple[PriorChange, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    next_probes: tuple[NextProbe, ...] = ()
    gaps: tuple[Gap, ...] = ()
    rules_fired: int = 0
    rules_clear: int = 0
    rules_unknown: dict[str, str] = {}

    @property
    def left_open(self) -> tuple[Symptom, ...]:
        """What is left for a model: symptoms that nothing explains, or only what is suggested and not shown."""
        weakly = (symptom for cause in self.root_causes if cause.is_weak for symptom in cause.explains)
        proven = {symptom.fingerprint for cause in self.root_causes if not cause.is_weak for symptom in cause.explains}
        found = {symptom.fingerprint: symptom for symptom in (*self.unexplained, *weakly)}
        return tuple(symptom for fingerprint, symptom in found.items() if fingerprint not in proven)
