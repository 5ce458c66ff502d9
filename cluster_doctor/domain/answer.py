"""The answer to a question about a cluster: statements, each with the evidence that shows it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, JsonValue

from cluster_doctor.domain.evidence import Evidence, EvidenceSource
from cluster_doctor.domain.question import Question
from cluster_doctor.domain.refs import ObjectRef

ANSWER_VERSION = "1"
MOST_STATEMENTS = 200
"""Statements that are told; beyond them only how many there are."""


class AnswerStatus(StrEnum):
    """ANSWERED: there are statements. NOTHING: it was looked at, and there is none. UNKNOWN: nobody could look."""

    ANSWERED = "answered"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


class CitedEvidence(BaseModel):
    """Evidence with the id by which a statement cites it."""

    model_config = ConfigDict(frozen=True)

    id: str
    subject: ObjectRef
    source: EvidenceSource
    path: str
    value: JsonValue
    observed_at: datetime | None = None
    command: str = ""

    @classmethod
    def of(cls, fact: Evidence) -> CitedEvidence:
        """Write the id beside it."""
        return cls(id=fact.id, **fact.model_dump())


class Statement(BaseModel):
    """One thing that is so, about one object; `cites` are ids of evidence."""

    model_config = ConfigDict(frozen=True)

    subject: ObjectRef
    text: str
    cites: tuple[str, ...] = ()


class Answer(BaseModel):
    """What is answered. Its JSON form is a contract; `docs/ask.schema.json` holds it.

    `headline` is the answer in one sentence, `question` the words that were asked, `understood` what they were taken
    for. `not_seen` says what could not be looked at and bears on the answer; `more` counts statements beyond the bound.
    """

    model_config = ConfigDict(frozen=True)

    schema_version: str = ANSWER_VERSION
    question: str = ""
    understood: Question
    status: AnswerStatus
    headline: str
    statements: tuple[Statement, ...] = ()
    evidence: tuple[CitedEvidence, ...] = ()
    not_seen: tuple[str, ...] = ()
    more: int = 0
    source: str = ""
    taken_at: datetime


class Said(BaseModel):
    """A statement with its evidence, before both are put into an answer."""

    model_config = ConfigDict(frozen=True)

    subject: ObjectRef
    text: str
    evidence: tuple[Evidence, ...] = ()


def statements_of(said: Iterable[Said]) -> tuple[tuple[Statement, ...], tuple[CitedEvidence, ...], int]:
    """Part what was said into statements and evidence, each fact once, and count what is beyond the bound."""
    listed = list(said)
    told = listed[:MOST_STATEMENTS]
    facts = {fact.id: fact for one in told for fact in one.evidence}
    return (
        tuple(
            Statement(subject=one.subject, text=one.text, cites=tuple(fact.id for fact in one.evidence)) for one in told
        ),
        tuple(map(CitedEvidence.of, facts.values())),
        len(listed) - len(told),
    )
