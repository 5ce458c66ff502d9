"""What a model says of a cluster, and what code found of it to hold."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from cluster_doctor.domain.effects import EffectKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.model_use import Usage
from cluster_doctor.domain.refs import ObjectRef


class CheckedStatement(BaseModel):
    """One sentence of a model with the facts that it cites, and what of it they do not show.

    It holds if `objections` is empty. That says that its names, numbers, times and quotations are those of the facts;
    whether it draws the right conclusion is another question.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    evidence: tuple[Evidence, ...] = ()
    objections: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether everything in it that can be compared is shown by what it cites."""
        return not self.objections


class Support(StrEnum):
    """How observed evidence supports that a value is the cause; each is found by code.

    STATED: a failure that was observed in the symptom's own circle says the value in so many words.
    ABSENT: the value names an object that does not exist, where somebody looked.
    CHANGED: the value was put there within a day before the first symptom.
    ODD: objects of its kind that are well agree on another value.
    """

    STATED = "a failure message says the value"
    ABSENT = "the value names what does not exist"
    CHANGED = "the value was changed before the first symptom"
    ODD = "objects of its kind that are well agree on another value"


class Suspect(BaseModel):
    """A hypothesis as the model states it, before anybody looked into it.

    Attributes:
        subject: the object that would have to change.
        idea: what may be wrong with it, in one sentence.
        would_show: what would be seen if it were so.
        would_refute: what would be seen if it were not.
        symptoms: fingerprints of the unexplained symptoms that it would explain.
    """

    model_config = ConfigDict(frozen=True)

    subject: ObjectRef
    idea: str
    would_show: str = ""
    would_refute: str = ""
    symptoms: tuple[str, ...] = ()


class Lead(BaseModel):
    """A cause that a model proposes, after code has checked what it says.

    Attributes:
        subject: the object that has to change.
        statement: what is wrong with it.
        brings_about: what that does to `subject`, in the words of the causal laws.
        wrong: the fact that is wrong: a field of an object, or the line that tells.
        evidence: what the statements that hold cite.
        speaks_for: statements that hold.
        speaks_against: statements against it that hold.
        unsupported: statements that do not hold; nothing rests on them.
        symptoms: fingerprints of the symptoms that it is said to explain.
        supports: how observed evidence supports it.
        confidence: probability from 0 to 1, calibrated apart from the rules'.
        outcome: why it is no root cause; empty if it is one.
        refuted: whether the model itself found it to be wrong.
    """

    model_config = ConfigDict(frozen=True)

    subject: ObjectRef
    statement: str
    brings_about: EffectKind | None = None
    wrong: Evidence | None = None
    evidence: tuple[Evidence, ...] = ()
    speaks_for: tuple[CheckedStatement, ...] = ()
    speaks_against: tuple[CheckedStatement, ...] = ()
    unsupported: tuple[CheckedStatement, ...] = ()
    symptoms: tuple[str, ...] = ()
    supports: tuple[Support, ...] = ()
    confidence: float = Field(default=0, ge=0, le=1)
    outcome: str = ""
    refuted: bool = False


class Reading(BaseModel):
    """A piece of a report that a model put into the words of the field, for code to check.

    Attributes:
        quote: the piece, as it stands in the report.
        says: what it says, as a plain sentence about objects: `Deployment shop/checkout is crash looping`.
    """

    model_config = ConfigDict(frozen=True)

    quote: str
    says: str


class Readings(BaseModel):
    """How a model read a report, with what that took and what went wrong."""

    model_config = ConfigDict(frozen=True)

    readings: tuple[Reading, ...] = ()
    usage: Usage = Usage()
    notes: tuple[str, ...] = ()


class Suspects(BaseModel):
    """The hypotheses that are worth a look, with what finding them took and what went wrong."""

    model_config = ConfigDict(frozen=True)

    suspects: tuple[Suspect, ...] = ()
    usage: Usage = Usage()
    notes: tuple[str, ...] = ()


class Inquiry(BaseModel):
    """What became of looking into one hypothesis."""

    model_config = ConfigDict(frozen=True)

    lead: Lead | None = None
    usage: Usage = Usage()
    notes: tuple[str, ...] = ()
