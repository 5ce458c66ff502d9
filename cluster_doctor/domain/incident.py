"""What was reported, and how much of it is true."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.refs import ObjectRef


class Incident(BaseModel):
    """What somebody reported. Without text, everything that is wrong in the scope is of interest.

    `namespaces` bounds the scope; empty means all. `cluster` holds what the reporter says of the cluster's
    identity, to be held against what is read.
    """

    model_config = ConfigDict(frozen=True)

    text: str = ""
    namespaces: tuple[str, ...] = ()
    reported_at: datetime | None = None
    cluster: ClusterIdentity | None = None


class ClaimVerdict(StrEnum):
    """What the evidence says about an assertion."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    UNVERIFIABLE = "unverifiable"


class Claim(BaseModel):
    """One assertion in the report, with its verdict."""

    model_config = ConfigDict(frozen=True)

    text: str
    asserts: str
    subjects: tuple[ObjectRef, ...] = ()
    verdict: ClaimVerdict
    reason: str
    evidence: tuple[Evidence, ...] = ()


class Symptom(BaseModel):
    """A misbehaviour that a user can see."""

    model_config = ConfigDict(frozen=True)

    subject: ObjectRef
    statement: str
    rule: str
    fingerprint: str
    since: datetime | None = None
