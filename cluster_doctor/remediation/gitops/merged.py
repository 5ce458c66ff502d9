"""Whether a commit, or the change that it makes, has come into a branch.

People merge in many ways. It has come in where the branch holds the commit itself (a merge, a fast-forward), a commit
with the same provenance (rebased, cherry-picked), or has ever since held the same contents in all files that it changes
(squashed, or typed off).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from cluster_doctor.remediation.gitops.provenance import FINGERPRINT, PLAN, RUN, trailer

if TYPE_CHECKING:
    from dulwich.objects import Commit, ObjectID
    from dulwich.repo import Repo

MOST_COMMITS = 10_000
"""Commits of the branch, since the one that the change was made on, that are looked through."""


def brought_in(repo: Repo, commit: Commit, heads: Iterable[ObjectID]) -> str:
    """The id of the commit by which a change came into one of some branches; empty if it did not.

    Args:
        repo: the repository.
        commit: the one commit of the change.
        heads: the ends of the branches.
    """
    for head in heads:
        since = _since(repo, commit, head)
        found = _itself(commit, head, since) or _alike(repo, commit, since)
        if found:
            return found
    return ""


def _since(repo: Repo, commit: Commit, head: ObjectID) -> list[Commit]:
    """The commits of a branch that were not there when the change was made, newest first."""
    walker = repo.get_walker(include=[head], exclude=list(commit.parents))
    return [entry.commit for entry in islice(walker, MOST_COMMITS)]


def _itself(commit: Commit, head: ObjectID, since: list[Commit]) -> str:
    """The first commit on the branch's own line that holds the commit."""
    known = {each.id: each for each in since}
    if commit.id not in known:
        return ""
    line: list[ObjectID] = []
    here = head
    while here in known:
        line.append(here)
        parents = known[here].parents
        if here == commit.id or not parents:
            break
        here = parents[0]
    for name in reversed(line):
        if _holds(known, name, commit.id):
            return name.decode()
    return commit.id.decode()


def _holds(known: dict[ObjectID, Commit], top: ObjectID, wanted: ObjectID) -> bool:
    waiting, seen = [top], set[bytes]()
    while waiting:
        here = waiting.pop()
        if here == wanted:
            return True
        if here in known and here not in seen:
            seen.add(here)
            waiting += known[here].parents
    return False


def _alike(repo: Repo, commit: Commit, since: list[Commit]) -> str:
    """The oldest commit of the branch with the same provenance, or the same contents."""
    marks, wanted = _marks(commit), _contents(repo, commit)
    for each in reversed(since):
        if all(marks) and _marks(each) == marks:
            return each.id.decode()
        if wanted and all(_content(repo, each, path) == blob for path, blob in wanted.items()):
            return each.id.decode()
    return ""


def _marks(commit: Commit) -> tuple[str, ...]:
    message = commit.message.decode(errors="replace")
    return tuple(trailer(message, name) for name in (RUN, PLAN, FINGERPRINT))


def _contents(repo: Repo, commit: Commit) -> dict[bytes, ObjectID | None]:
    """What the files that a commit changes hold after it."""
    if not commit.parents:
        return {}
    before = repo[commit.parents[0]]
    changes = repo.object_store.tree_changes(before.tree, commit.tree)  # type: ignore[attr-defined]  # it is a commit
    return {path: new for (_, path), _, (_, new) in changes if path is not None}


def _content(repo: Repo, commit: Commit, path: bytes) -> ObjectID | None:
    from dulwich.object_store import tree_lookup_path  # noqa: PLC0415 - only those who use Git pay for it

    try:
        return tree_lookup_path(repo.__getitem__, commit.tree, path)[1]
    except (KeyError, NotADirectoryError):
        return None
