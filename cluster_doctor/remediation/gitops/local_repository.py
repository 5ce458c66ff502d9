"""Puts approved changes on a branch of a local Git repository, for use without a forge.

Objects and one reference are written, nothing else: the working tree, the index and what is checked out stay as they
are, no hook runs, nothing is fetched or pushed. The branch is always one of our own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Self

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.proposal import ProposalOutcome, ProposalState
from cluster_doctor.remediation.gitops.commit_tree import CommitTree
from cluster_doctor.remediation.gitops.damage import damage_told
from cluster_doctor.remediation.gitops.forge import Proposal, ProposalText
from cluster_doctor.remediation.gitops.mailed_patch import mailed_patch
from cluster_doctor.remediation.gitops.merged import brought_in
from cluster_doctor.remediation.gitops.provenance import BRANCHES, FINGERPRINT, PLAN, Provenance, trailer
from cluster_doctor.remediation.gitops.source import FileChanges

if TYPE_CHECKING:
    from dulwich.objects import Commit, ObjectID
    from dulwich.repo import Repo

IDENTITY = "cluster-doctor <cluster-doctor@localhost>"
"""Who commits, unless it is said otherwise."""

_HEADS, _ORIGIN = "refs/heads/", "refs/remotes/origin/"
_MOST_ABOVE = 100
"""Commits of a branch that are looked through for one of ours below somebody else's."""


class LocalRepository:
    """A Git repository on disk.

    Args:
        folder: its top folder, or a bare repository.
        identity: who commits.

    Raises:
        RemediationError: there is none.
    """

    def __init__(self, folder: Path, identity: str = IDENTITY) -> None:
        """Open it."""
        from dulwich.errors import NotGitRepository  # noqa: PLC0415 - only those who use Git pay for it
        from dulwich.repo import Repo  # noqa: PLC0415 - as above

        try:
            self._repo: Repo = Repo(str(folder))
        except (NotGitRepository, OSError) as error:
            raise RemediationError(f"{folder} is no Git repository", "Name the top folder of a clone.") from error
        self._folder, self._identity = folder, identity

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Close its files."""
        self._repo.close()

    @property
    def name(self) -> str:
        """Its folder."""
        return str(self._folder)

    @property
    @damage_told()
    def default_branch(self) -> str:
        """What `origin` says, else the one of main and master that is there, else what is checked out."""
        pointers = {name.decode(): target.decode() for name, target in self._repo.refs.get_symrefs().items()}
        if "refs/remotes/origin/HEAD" in pointers:
            return pointers["refs/remotes/origin/HEAD"].removeprefix("refs/remotes/origin/")
        names = {name.decode() for name in self._repo.refs.allkeys()}
        usual = [branch for branch in ("main", "master") if f"{_HEADS}{branch}" in names]
        if len(usual) == 1:
            return usual[0]
        if "HEAD" in pointers:
            return pointers["HEAD"].removeprefix(_HEADS)
        raise RemediationError(f"{self._folder} has no default branch", "Name the branch.")

    @property
    @damage_told()
    def remotes(self) -> tuple[str, ...]:
        """The URLs of its remotes: what else it is called."""
        config = self._repo.get_config()
        found = [
            config.get_multivar(section, "url")
            for section in config.sections()
            if section[0] == b"remote" and len(section) > 1
        ]
        return tuple(url.decode(errors="replace") for urls in found for url in urls)

    @damage_told()
    def is_branch(self, revision: str) -> bool:
        """Whether there is a branch of that name, here or at `origin`."""
        from dulwich.refs import Ref  # noqa: PLC0415 - loaded already

        names = {Ref(f"{place}{revision}".encode()) for place in (_HEADS, _ORIGIN)}
        return not names.isdisjoint(self._repo.refs.allkeys())

    @damage_told()
    def head(self, revision: str = "") -> str:
        """The id of the commit at a branch, tag or commit; at the default branch without any."""
        return self._commit(revision or self.default_branch).id.decode()

    @damage_told()
    def tree(self, revision: str = "") -> CommitTree:
        """The files at a branch, tag or commit; at the default branch without any."""
        return CommitTree(self._repo, self._commit(revision or self.default_branch).tree)

    @damage_told()
    def propose(self, changes: FileChanges, provenance: Provenance, text: ProposalText, revision: str = "") -> Proposal:
        """Put changes on a branch as one commit on top of a revision.

        The branch of an earlier proposal with the same fingerprint is moved to the new commit, and left alone where it
        says the same already.

        Raises:
            RemediationError: nothing changes, the branch is checked out somewhere, holds commits of others, or was
                moved at the same time.
        """
        from dulwich.file import FileLocked  # noqa: PLC0415 - loaded already

        try:
            return self._proposed(changes, provenance, text, revision)
        except FileLocked as error:
            raise RemediationError("the branch is being moved by somebody else", "Try again.") from error
        except OSError as error:
            raise RemediationError(
                f"{self._folder} cannot be written: {error.strerror}", "Check its rights."
            ) from error

    @damage_told()
    def look_up(self, proposal: ProposalOutcome) -> ProposalOutcome:
        """See whether it came into the branch that it is meant for, or its own branch is gone."""
        from dulwich.objects import Commit, ObjectID  # noqa: PLC0415 - loaded already
        from dulwich.refs import Ref  # noqa: PLC0415 - as above

        base = proposal.base or self.default_branch
        refs = self._repo.refs.as_dict()
        own = refs.get(Ref(f"{_HEADS}{proposal.branch}".encode()))
        name = ObjectID(proposal.commit.encode()) if proposal.commit else own
        commit = self._repo[name] if name and name in self._repo.object_store else None
        if isinstance(commit, Commit):
            heads = [refs.get(Ref(f"{place}{base}".encode())) for place in (_HEADS, _ORIGIN)]
            found = brought_in(self._repo, commit, [head for head in heads if head])
            if found:
                return proposal.model_copy(update={"state": ProposalState.MERGED, "commit": found})
        if own is None:
            note = f"branch {proposal.branch} is gone, and {base} does not hold the change"
            return proposal.model_copy(update={"state": ProposalState.CLOSED, "note": note})
        return proposal.model_copy(update={"commit": proposal.commit or own.decode()})

    def report(self, provenance: Provenance, text: ProposalText) -> str:
        """No issues are kept here."""
        del provenance, text
        return ""

    def _proposed(self, changes: FileChanges, provenance: Provenance, text: ProposalText, revision: str) -> Proposal:
        base = self._commit(revision or self.default_branch)
        tree = self._changed(CommitTree(self._repo, base.tree), changes)
        if tree == base.tree:
            raise RemediationError("the files have this content already", "There is nothing to propose.")
        name, old = self._branch_for(provenance, base)
        body = [f"{path}: {definition.way.value}" for definition in changes.definitions for path in [definition.file]]
        message = provenance.message(text.title, [*dict.fromkeys(body), changes.rendering.note])
        if old is not None and old.tree == tree and old.parents == [base.id] and _digest(old) == provenance.digest:
            commit, state = old, ProposalState.UNCHANGED
        else:
            commit = self._new_commit(tree, base, message, provenance)
            self._move(name, old, commit)
            state = ProposalState.CREATED if old is None else ProposalState.UPDATED
        patch = mailed_patch(self._repo, base, commit)
        return Proposal(name, commit.id.decode(), base.id.decode(), state, patch)

    def _commit(self, revision: str) -> Commit:
        from dulwich.objectspec import parse_commit  # noqa: PLC0415 - loaded already

        for candidate in (f"{_HEADS}{revision}", f"{_ORIGIN}{revision}", f"refs/tags/{revision}", revision):
            try:
                return parse_commit(self._repo, candidate)
            except (KeyError, ValueError):
                continue
        raise RemediationError(f"{self._folder} has no branch, tag or commit {revision!r}", "Fetch it first.")

    def _changed(self, tree: CommitTree, changes: FileChanges) -> ObjectID:
        from dulwich.object_store import commit_tree_changes  # noqa: PLC0415 - loaded already
        from dulwich.objects import Blob  # noqa: PLC0415 - as above

        made: list[tuple[bytes, int | None, ObjectID | None]] = []
        for path, content in sorted(changes.files.items()):
            if not tree.is_free(path):
                tree.read(path)
            blob = Blob.from_string(content)
            self._repo.object_store.add_object(blob)
            made.append((path.encode(), tree.mode(path), blob.id))
        return commit_tree_changes(self._repo.object_store, tree.tree, made)

    def _branch_for(self, provenance: Provenance, base: Commit) -> tuple[str, Commit | None]:
        """The branch to write, and its commit if it is one of an earlier proposal that was not merged since."""
        taken = set[str]()
        for name, tip in self._own_branches():
            taken.add(name)
            if trailer(tip.message.decode(errors="replace"), FINGERPRINT) == provenance.fingerprint:
                return name, tip
            if any(_fingerprint(commit) == provenance.fingerprint for commit in self._above(base, tip)):
                raise RemediationError(
                    f"branch {name} holds commits of others on top of the proposal", "Merge it, or remove it first."
                )
        name = provenance.branch
        if name in taken:
            name = f"{name}-{provenance.digest[:8]}"
        if name in taken or name == self.default_branch:
            raise RemediationError(f"branch {name} is taken", "Remove it first.")
        return name, None

    def _own_branches(self) -> Iterator[tuple[str, Commit]]:
        from dulwich.objects import Commit  # noqa: PLC0415 - loaded already

        for name, tip in sorted(self._repo.refs.as_dict().items()):
            branch = name.decode(errors="replace").removeprefix(_HEADS)
            if branch.startswith(BRANCHES):
                found = self._repo[tip]
                if isinstance(found, Commit):
                    yield branch, found

    def _above(self, base: Commit, tip: Commit) -> Iterator[Commit]:
        """What a branch holds that its base does not."""
        walker = self._repo.get_walker(include=[tip.id], exclude=[base.id], max_entries=_MOST_ABOVE)
        return (entry.commit for entry in walker)

    def _new_commit(self, tree: ObjectID, base: Commit, message: str, provenance: Provenance) -> Commit:
        from dulwich.objects import Commit  # noqa: PLC0415 - loaded already

        commit = Commit()
        commit.tree, commit.parents = tree, [base.id]
        commit.author = commit.committer = " ".join(self._identity.split()).encode()
        commit.author_time = commit.commit_time = int(provenance.at.astimezone(UTC).timestamp())
        commit.author_timezone = commit.commit_timezone = 0
        commit.encoding = b"UTF-8"
        commit.message = message.encode()
        self._repo.object_store.add_object(commit)
        return commit

    def _move(self, name: str, old: Commit | None, commit: Commit) -> None:
        """Set the branch, if it still is where it was seen."""
        from dulwich.refs import Ref  # noqa: PLC0415 - loaded already
        from dulwich.worktree import list_worktrees  # noqa: PLC0415 - as above

        reference = Ref(f"{_HEADS}{name}".encode())
        if any(worktree.branch == reference for worktree in list_worktrees(self._repo)):
            raise RemediationError(f"branch {name} is checked out", "Check another one out first.")
        refs, said = self._repo.refs, b"cluster-doctor: proposal"
        who = self._identity.encode()
        moved = (
            refs.add_if_new(reference, commit.id, committer=who, message=said)
            if old is None
            else refs.set_if_equals(reference, old.id, commit.id, committer=who, message=said)
        )
        if not moved:
            raise RemediationError("the branch was moved by somebody else", "Try again.")


def _fingerprint(commit: Commit) -> str:
    return trailer(commit.message.decode(errors="replace"), FINGERPRINT)


def _digest(commit: Commit) -> str:
    return trailer(commit.message.decode(errors="replace"), PLAN)
