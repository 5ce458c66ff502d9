"""What to do about it, and on whose word."""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, JsonValue

from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.refs import ObjectRef


class Risk(StrEnum):
    """What a step can break."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Route(StrEnum):
    """How a step reaches the cluster."""

    GITOPS = "gitops"
    CLUSTER = "cluster"
    PERSON = "person"


class RemediationStep(BaseModel):
    """One change, with what must hold before it, what takes it back and what shows that it worked.

    `patch` is a strategic merge patch of `target` where the exact value is known; where a person has to
    choose a value, it is None and `instruction` says what to choose.
    """

    model_config = ConfigDict(frozen=True)

    title: str
    route: Route
    target: ObjectRef
    risk: Risk
    precondition: str
    instruction: str
    command: str = ""
    patch: dict[str, JsonValue] | None = None
    undo: str
    check: str


class RemediationPlan(BaseModel):
    """Ordered steps for one root cause."""

    model_config = ConfigDict(frozen=True)

    cause: str
    fingerprint: str
    summary: str
    managed_by: str = ""
    steps: tuple[RemediationStep, ...]
    alternatives: tuple[RemediationStep, ...] = ()
    test_plan: tuple[str, ...] = ()
    choice_needed: bool = False

    @property
    def digest(self) -> str:
        """SHA-256 over the whole plan; an approval names it."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class Rehearsal(BaseModel):
    """What a dry run showed. Empty until writes exist."""

    model_config = ConfigDict(frozen=True)

    plan_digest: str
    performed: bool = False
    note: str = "no rehearsal: this version writes nothing"


class Decision(StrEnum):
    """What a person answered."""

    APPROVE = "approve"
    DECLINE = "decline"


class Approval(BaseModel):
    """Who decided what about which digest."""

    model_config = ConfigDict(frozen=True)

    decision: Decision
    digest: str
    approver: str
    reason: str = ""
    decided_at: datetime | None = None
    identity: ClusterIdentity | None = None


class Outcome(BaseModel):
    """What happened to the plan."""

    model_config = ConfigDict(frozen=True)

    decision: Decision
    applied: bool = False
    exported: tuple[str, ...] = ()
    note: str = ""
