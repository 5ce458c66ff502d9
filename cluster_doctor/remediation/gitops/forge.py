"""A place where repositories are kept and changes proposed: a folder on disk, GitHub."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cluster_doctor.domain.proposal import ProposalOutcome, ProposalState
from cluster_doctor.remediation.gitops.provenance import Provenance
from cluster_doctor.remediation.gitops.source import FileChanges
from cluster_doctor.remediation.gitops.tree import SourceTree


@dataclass(frozen=True)
class ProposalText:
    """What people read: a title of one line, and a body in Markdown."""

    title: str
    body: str = ""


@dataclass(frozen=True)
class Proposal:
    """A branch with one commit that makes the change, and the pull request where there is one.

    Attributes:
        branch: its name.
        commit: the id of its commit.
        base: the id of the commit that it is made on.
        state: whether it was made, moved or left as it was.
        patch: the same as a patch for `git am` and `git apply`.
        number: the pull request's.
        url: where people look at it.
        notes: what could not be done beside it: a label, a request for review.
    """

    branch: str
    commit: str
    base: str
    state: ProposalState
    patch: bytes = b""
    number: int | None = None
    url: str = ""
    notes: tuple[str, ...] = ()

    def save(self, folder: Path) -> Path:
        """Write the patch into a folder, named for the branch; the same proposal gives the same file."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{self.branch.rpartition('/')[2]}.patch"
        path.write_bytes(self.patch)
        return path


class Forge(Protocol):
    """One repository. All that it holds is other people's text.

    Every method raises RemediationError, with what to do next, for what cannot be read, is not allowed, or was moved
    by somebody else meanwhile.
    """

    @property
    def name(self) -> str:
        """Its URL or folder, without what one would log in with."""

    @property
    def default_branch(self) -> str:
        """The branch that changes are meant for unless it is said otherwise. It is never written to."""

    def is_branch(self, revision: str) -> bool:
        """Whether there is a branch of that name; a tag or a commit cannot be proposed onto."""

    def head(self, revision: str = "") -> str:
        """The id of the commit at a branch, tag or commit; at the default branch without any."""

    def tree(self, revision: str = "") -> SourceTree:
        """The files there."""

    def propose(self, changes: FileChanges, provenance: Provenance, text: ProposalText, revision: str = "") -> Proposal:
        """Put changes on a branch of our own as one commit on top of a revision, and open a pull request if it can.

        The proposal of the same fingerprint is updated, and left alone where it says the same already; a call that is
        repeated after a crash finds what the first one did.
        """

    def look_up(self, proposal: ProposalOutcome) -> ProposalOutcome:
        """What became of a proposal since."""

    def report(self, provenance: Provenance, text: ProposalText) -> str:
        """Open an issue where no file can be changed, or update that of the same fingerprint; give its URL.

        Where nothing like it is kept, the URL is empty.
        """


OpenForge = Callable[[], AbstractContextManager[Forge]]
"""Opens a repository; kept as a way to open it, so that nothing is logged in to before it is needed."""
