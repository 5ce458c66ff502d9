"""A change to a repository: what a person sees before it is proposed, and what became of it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from cluster_doctor.domain.policy import PolicyVerdict


class FileChange(BaseModel):
    """One file that a proposal changes.

    Attributes:
        path: from the top of the repository.
        diff: unified, as people read it.
        sha256: of the new content.
    """

    model_config = ConfigDict(frozen=True)

    path: str
    diff: str
    sha256: str


class RehearsedProposal(BaseModel):
    """A plan turned into changed files, tried without writing to the repository.

    Attributes:
        key: its place in the plans, `1.git` for the first plan.
        title: what it does.
        repository: its URL or folder, without what one would log in with.
        base: the branch that it is meant for.
        commit: the id of the commit of that branch that was read.
        carries: the keys of the steps that it makes.
        files: what changes; an issue is opened instead where no file is known.
        note: how the result was looked at: rendered with which tool, and what the scan says to it.
        verdict: what the policy says.
        problem: why it cannot be proposed; empty if it can.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    title: str
    repository: str = ""
    base: str = ""
    commit: str = ""
    carries: tuple[str, ...] = ()
    files: tuple[FileChange, ...] = ()
    note: str = ""
    verdict: PolicyVerdict
    problem: str = ""

    @property
    def is_offered(self) -> bool:
        """Whether a person may approve it."""
        return self.verdict.allowed and not self.problem

    @property
    def is_report(self) -> bool:
        """Whether it changes no file and only tells people: an issue."""
        return not self.files


class ProposalState(StrEnum):
    """What became of a proposal."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REPORTED = "reported"
    MERGED = "merged"
    CLOSED = "closed"
    REFUSED = "refused"


class ProposalOutcome(BaseModel):
    """What became of one proposal.

    Attributes:
        key: its place in the plans.
        state: what is known last: that it waits for a merge (created, updated, unchanged), that an issue was opened
            instead (reported), or how it ended.
        repository: its URL or folder.
        base: the branch that it is meant for.
        branch: the branch that holds it.
        commit: the commit that makes the change; once it is merged, that which brought it in.
        number: the pull request's.
        url: where people look at it.
        note: why, where it did not go as approved.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    state: ProposalState
    repository: str = ""
    base: str = ""
    branch: str = ""
    commit: str = ""
    number: int | None = None
    url: str = ""
    note: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it waits for a merge."""
        return self.state in {ProposalState.CREATED, ProposalState.UPDATED, ProposalState.UNCHANGED}
