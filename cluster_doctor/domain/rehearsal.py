"""What the dry run of a plan showed: what a person sees before the answer, and what the answer is bound to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from cluster_doctor.domain.digests import digest_of
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.proposal import RehearsedProposal
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.step_keys import is_other_way, plan_of
from cluster_doctor.domain.steps import FieldEdit, StepType, Verb


class RehearsedStep(BaseModel):
    """One step, tried on the cluster without being stored.

    Attributes:
        key: its place in the plans, `1.2` for the second step of the first plan, `1.or2` for its second alternative.
        title: what it does.
        type: what it does, in a policy's words.
        verb: how it reaches its target.
        target: the object, with its uid; without one where the step makes it.
        resource_version: of the object that was looked at.
        diff: what the server would store, field by field; empty for an object that is deleted.
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

    @property
    def label(self) -> str:
        """Key and title, as people read them."""
        return f"{self.key} {'instead: ' if self.is_alternative else ''}{self.title}"

    @property
    def is_alternative(self) -> bool:
        """Whether it is another way beside the plan's own, done only where it is chosen."""
        return is_other_way(self.key)


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
    def offered_proposals(self) -> tuple[RehearsedProposal, ...]:
        """The changes to repositories that a person may approve."""
        return tuple(proposal for proposal in self.proposals if proposal.is_offered)

    @property
    def offers(self) -> dict[str, PolicyVerdict]:
        """All that a person may approve, by key, with what the policy says to it."""
        return {
            **{proposal.key: proposal.verdict for proposal in self.offered_proposals},
            **{step.key: step.verdict for step in self.offered},
        }

    def covered(self, keys: Collection[str] | None) -> frozenset[str]:
        """The keys that an answer covers.

        One that names none covers every proposal that is offered, and the steps of the plans that have none: what is
        written down comes first, and a change in the cluster beside it needs to be asked for. So does an alternative.
        """
        if keys is not None:
            return frozenset(keys)
        proposed = {proposal.key for proposal in self.offered_proposals}
        written = {plan_of(key) for key in proposed}
        steps = {step.key for step in self.offered if not step.is_alternative and plan_of(step.key) not in written}
        return frozenset(proposed | steps)

    @property
    def digest(self) -> str:
        """SHA-256 over plans, cluster, policy and all that would be stored; an approval names it."""
        return digest_of(self)
