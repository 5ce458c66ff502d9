"""One entry of the audit record: who did what, where, on whose word, with which evidence, and what takes it back."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

from cluster_doctor.domain.identity import ClusterIdentity


class AuditKind(StrEnum):
    """What was done."""

    QUESTION = "question"
    ANSWER = "answer"
    APPROVAL = "approval"
    REFUSAL = "refusal"
    WRITE_INTENT = "write intent"
    WRITE_OUTCOME = "write outcome"
    UNDO_INTENT = "undo intent"
    UNDO_OUTCOME = "undo outcome"
    ESCALATION = "escalation"


class AuditBody(BaseModel):
    """What is taken down of one act.

    Attributes:
        who: who did it: a person, or this program.
        what: what was done, in a sentence.
        cluster: in which cluster, as far as that was known.
        approver: on whose word; empty if on nobody's.
        digest: the digest that this word was given for.
        evidence: what it rests on: hashes of what is stored, or commands that show it again.
        undo: what takes it back; None if nothing does, or nothing was written.
        detail: the rest, in the words of what did it.
    """

    model_config = ConfigDict(frozen=True)

    who: str
    what: str
    cluster: ClusterIdentity = Field(default_factory=ClusterIdentity)
    approver: str = ""
    digest: str = ""
    evidence: tuple[str, ...] = ()
    undo: JsonValue = None
    detail: dict[str, JsonValue] = Field(default_factory=dict)

    @field_validator("who", "what", "approver", "digest", "evidence", "undo", "detail", mode="before")
    @classmethod
    def _recordable(cls, value: object) -> object:
        return recordable(value)


def recordable(value: object) -> Any:  # noqa: ANN401 - JSON of the form that was given
    """Make of a value what JSON can say for sure, so that no odd character keeps an act off the record.

    Lone surrogates become question marks, numbers that are none become words, other things what `str` says of them.
    """
    said = json.dumps(value, ensure_ascii=False, default=str)
    return json.loads(said.encode("utf-8", "replace").decode(), parse_constant=str)


class AuditEntry(BaseModel):
    """An act on record, chained to the one before.

    `hash` is the SHA-256, in lower-case hexadecimal, of the JSON list [`previous`, `sequence`, `at`, `run_id`, `kind`,
    `body`] in its canonical form: keys in order, no spaces, all characters beyond ASCII escaped.

    Attributes:
        sequence: the place in the record of all runs, from 1, without a gap.
        at: when, in UTC, with microseconds.
        run_id: which run.
        kind: what was done.
        body: the act.
        previous: hash of the entry before; zeros for the first.
        hash: hash of this one.
    """

    model_config = ConfigDict(frozen=True)

    sequence: int
    at: str
    run_id: str
    kind: AuditKind
    body: AuditBody
    previous: str
    hash: str


class AuditHead(BaseModel):
    """The last entry of a run, or of all: what the record must still end with.

    Attributes:
        sequence: its place; 0 if there is none.
        hash: its hash; empty if there is none.
    """

    model_config = ConfigDict(frozen=True)

    sequence: int = 0
    hash: str = ""


class AuditFault(BaseModel):
    """Where the record is not what was written.

    Attributes:
        sequence: the place; 0 if it is in no one place.
        run_id: the run; empty if it cannot be told.
        what: what is wrong there.
    """

    model_config = ConfigDict(frozen=True)

    sequence: int = 0
    run_id: str = ""
    what: str
