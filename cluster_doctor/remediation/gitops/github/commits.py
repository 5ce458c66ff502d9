"""Makes a commit out of changed files with GitHub's Git objects, and sets a branch to it.

A branch is only ever moved forward, and GitHub refuses that where somebody has pushed meanwhile; there is no other way
to move it that could lose no commit. So an update of a proposal is one more commit on top of the one before.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from http import HTTPStatus

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.github.api import Api
from cluster_doctor.remediation.gitops.github.refusals import RefusedError
from cluster_doctor.remediation.gitops.github.remote_tree import RemoteTree
from cluster_doctor.remediation.gitops.source import FileChanges
from cluster_doctor.snapshot.paths import text

_AGAIN = "Do this again; what is done already will be found."


@dataclass(frozen=True)
class Made:
    """A commit.

    Attributes:
        sha: its id.
        author: who GitHub says made it, as `name <email>`.
        at: when, as GitHub writes it.
        message: its message.
    """

    sha: str
    author: str
    at: str
    message: str


def new_tree(api: Api, tree: RemoteTree, changes: FileChanges) -> str:
    """Store the changed files and return the id of the tree that holds them; every file that is there keeps its mode.

    Returns:
        The id of the tree as it is, where nothing changes.

    Raises:
        RemediationError: a file cannot be read.
    """
    entries = list[JsonValue]()
    for path, content in sorted(changes.files.items()):
        if not tree.is_free(path) and tree.read(path) == content:
            continue
        entry = tree.entry(path)
        blob = api.post("/git/blobs", {"content": b64encode(content).decode(), "encoding": "base64"})
        mode = entry.mode if entry else "100644"
        entries.append({"path": path, "mode": mode, "type": "blob", "sha": text(blob, "sha")})
    if not entries:
        return tree.sha
    return text(api.post("/git/trees", {"base_tree": tree.sha, "tree": entries}), "sha")


def new_commit(api: Api, message: str, tree: str, parents: list[str]) -> Made:
    """Store a commit; GitHub names whoever is logged in as its author, and signs it for an App."""
    return _made(api.post("/git/commits", {"message": message, "tree": tree, "parents": [*parents]}))


def commit_of(api: Api, sha: str) -> Made:
    """Read a commit."""
    return _made(api.get(f"/git/commits/{sha}"))


def _made(answer: JsonValue) -> Made:
    author = f"{text(answer, 'author', 'name')} <{text(answer, 'author', 'email')}>"
    return Made(text(answer, "sha"), author, text(answer, "author", "date"), text(answer, "message"))


def make_branch(api: Api, name: str, sha: str) -> None:
    """Make a branch.

    Raises:
        RemediationError: it is there, or must not be made.
    """
    try:
        api.post("/git/refs", {"ref": f"refs/heads/{name}", "sha": sha})
    except RefusedError as error:
        if "already exists" in error.said.lower():
            raise RemediationError(f"branch {name} was made by somebody else meanwhile", _AGAIN) from error
        raise


def move_branch(api: Api, name: str, sha: str) -> None:
    """Move a branch forward, never back or aside.

    Raises:
        RemediationError: somebody pushed meanwhile, or it must not be moved.
    """
    try:
        api.patch(f"/git/refs/heads/{name}", {"sha": sha, "force": False})
    except RefusedError as error:
        if error.status == HTTPStatus.UNPROCESSABLE_ENTITY and "fast" in error.said.lower():
            raise RemediationError(f"branch {name} was moved by somebody else meanwhile", _AGAIN) from error
        raise
