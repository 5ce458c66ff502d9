"""What to do about it, and on whose word."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, JsonValue

from cluster_doctor.domain.digests import digest_of
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.outcome import StepOutcome
from cluster_doctor.domain.proposal import ProposalOutcome
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.steps import FieldEdit, StepType, Verb


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

    `type` is what a policy allows and what a program can carry out; it is None where a person has to choose a value or
    act by hand, and `instruction` says what to do. `edits` are the fields of `target` that a step of verb `patch` sets,
    `manifest` is the object that one of verb `create` makes. `patch` says the same as a strategic merge patch.
    `of_the_moment` marks a patch of fields that belong in no repository: it acts on what runs just now.
    """

    model_config = ConfigDict(frozen=True)

    title: str
    type: StepType | None = None
    verb: Verb = Verb.PATCH
    route: Route
    target: ObjectRef
    risk: Risk
    precondition: str
    instruction: str
    command: str = ""
    edits: tuple[FieldEdit, ...] = ()
    manifest: dict[str, JsonValue] | None = None
    patch: dict[str, JsonValue] | None = None
    of_the_moment: bool = False
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
        return digest_of(self)


class Decision(StrEnum):
    """What a person answered."""

    APPROVE = "approve"
    DECLINE = "decline"


class Approval(BaseModel):
    """Who decided what about which digest.

    `steps` are the keys of the steps that it covers, all that are offered if it is None. It does not count after
    `expires_at`. `credential` is what proves who the approver is: `ssh SHA256:…` or `github.com ada`; empty where
    nothing does but the account that the program runs as. `interrupt_id` is the question that it answered, `nonce`
    that of the message that brought it.
    """

    model_config = ConfigDict(frozen=True)

    decision: Decision
    digest: str
    approver: str
    reason: str = ""
    decided_at: datetime | None = None
    expires_at: datetime | None = None
    steps: tuple[str, ...] | None = None
    identity: ClusterIdentity | None = None
    credential: str = ""
    interrupt_id: str = ""
    nonce: str = ""


class Outcome(BaseModel):
    """What happened to the plan.

    `applied` says that every approved step was carried out in the cluster and stands; `proposals` what became of the
    changes to repositories; `healed` whether that made the cause go away, None where nobody looked, or where it only
    kept the harm away. `escalated` says what a person has to see to.
    """

    model_config = ConfigDict(frozen=True)

    decision: Decision
    applied: bool = False
    exported: tuple[str, ...] = ()
    note: str = ""
    steps: tuple[StepOutcome, ...] = ()
    proposals: tuple[ProposalOutcome, ...] = ()
    healed: bool | None = None
    escalated: str = ""
