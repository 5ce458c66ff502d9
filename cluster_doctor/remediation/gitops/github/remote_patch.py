"""A change on GitHub as the patch that a change of a local repository gives: made in memory, of the changed files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cluster_doctor.remediation.gitops.github.commits import Made
from cluster_doctor.remediation.gitops.github.remote_tree import RemoteTree
from cluster_doctor.remediation.gitops.mailed_patch import mailed_patch
from cluster_doctor.snapshot.times import parse_time

if TYPE_CHECKING:
    from dulwich.objects import Commit, ObjectID
    from dulwich.repo import BaseRepo

_NEW = "100644"
"""The mode of a file that was not there."""


def remote_patch(tree: RemoteTree, files: Mapping[str, bytes], made: Made) -> bytes:
    """Write a commit as a mail with its difference from the tree that it is meant for."""
    from dulwich.repo import MemoryRepo  # noqa: PLC0415 - only those who use Git pay for it

    repo = MemoryRepo()
    modes = {path: entry.mode for path in files if (entry := tree.entry(path))}
    before = _commit(repo, {path: tree.read(path) for path in modes}, modes, made)
    after = _commit(repo, files, modes, made)
    return mailed_patch(repo, before, after, made.sha)


def _commit(repo: BaseRepo, files: Mapping[str, bytes], modes: Mapping[str, str], made: Made) -> Commit:
    from dulwich.index import commit_tree  # noqa: PLC0415 - loaded already
    from dulwich.objects import Blob, Commit  # noqa: PLC0415 - as above

    entries = list[tuple[bytes, "ObjectID", int]]()
    for path, content in files.items():
        blob = Blob.from_string(content)
        repo.object_store.add_object(blob)
        entries.append((path.encode(), blob.id, int(modes.get(path, _NEW), 8)))
    commit = Commit()
    commit.tree = commit_tree(repo.object_store, entries)
    commit.parents = []
    commit.author = commit.committer = made.author.encode()
    at = parse_time(made.at)
    commit.author_time = commit.commit_time = int(at.timestamp()) if at else 0
    commit.author_timezone = commit.commit_timezone = 0
    commit.message = made.message.encode()
    return commit
