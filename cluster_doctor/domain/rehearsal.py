"""What the dry run of a plan showed: what a person sees before the answer, and what the answer is bound to."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from cluster_doctor.domain.digests import digest_of
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.proposal import RehearsedProposal
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.steps import FieldEdit, StepType, Verb


class RehearsedStep(BaseModel):
    """One step, tried on the cluster without being stored.

    Attributes:
        key: its place in the plans, `1.2` for the second step of the first plan.
        title: what it does.
        type: what it does, in a policy's words.
        verb: how it reaches its target.
        target: the object, with its uid; without one where the step makes it.
        resource_version: of the object that was looked at.
        diff: what the server would store, field by field; empty for an object that is made or deleted.
        undo_tried: whether the server took the way back in the same dry run and ended where it began.
        warnings: what the server warned of.
        verdict: what the policy says.
        problem: why it cannot be done; empty if it can.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    title: str
    type: StepType
    verb: Verb
    target: ObjectRef
    resource_version: str = ""
    diff: tuple[FieldEdit, ...] = ()
    undo_tried: bool = False
    warnings: tuple[str, ...] = ()
    verdict: PolicyVerdict
    problem: str = ""

    @property
    def is_offered(self) -> bool:
        """Whether a person may approve it."""
        return self.verdict.allowed and not self.problem


class Rehearsal(BaseModel):
    """The dry run of all steps that a program can carry out.

    `plan_digest` is that of the plans, `policy_digest` that of the policy; `identity` was read over the connection
    that would write, and `at` is when. `proposals` are the plans turned into changed files. Without a cluster to try
    on, `performed` is False and `note` says why.
    """

    model_config = ConfigDict(frozen=True)

    plan_digest: str
    performed: bool = False
    note: str = ""
    identity: ClusterIdentity | None = None
    policy_digest: str = ""
    steps: tuple[RehearsedStep, ...] = ()
    proposals: tuple[RehearsedProposal, ...] = ()
    at: datetime | None = None

    @property
    def offered(self) -> tuple[RehearsedStep, ...]:
        """The steps that a person may approve."""
        return tuple(step for step in self.steps if step.is_offered)

    @property
    def digest(self) -> str:
        """SHA-256 over plans, cluster, policy and all that would be stored; an approval names it."""
        return digest_of(self)
