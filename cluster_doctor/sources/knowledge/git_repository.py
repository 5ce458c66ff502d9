"""Markdown files of a Git repository. Nothing is checked out: links, hooks and odd names of it never reach the disk."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cluster_doctor.domain.errors import UnreadableInput, UsageError
from cluster_doctor.sources.knowledge.copies import Copy, copied
from cluster_doctor.sources.runbooks import MOST_BYTES, MOST_FILES, SUFFIXES

if TYPE_CHECKING:
    from dulwich.repo import Repo

_ADDRESS = re.compile(r"(https?|ssh|git|file)://|[\w.-]+@[\w.-]+:")
_PLAIN_PART = re.compile(r"[^\x00-\x1f/\\:]{1,200}")
_DEEPEST = 20
_SECONDS = b"30"
"""How long a server may be silent."""


def is_repository(named: str) -> bool:
    """Whether an address of a repository is meant, and no folder."""
    return bool(_ADDRESS.match(named))


def copy_of_repository(url: str, path: str, cache: Path) -> Copy:
    """Copy the Markdown files of a repository's default branch, or take the copy that there is.

    Raises:
        UsageError: it is no address of a repository.
        SourceError: it cannot be read, and there is no copy.
    """
    if not is_repository(url):
        raise UsageError(
            f"{_shown(url)} is no address of a Git repository", "Write https://…, ssh://… or git@HOST:PATH."
        )
    return copied(cache, f"{_shown(url)}{f'#{path}' if path else ''}", f"git\0{url}\0{path}", lambda: _files(url, path))


def _files(url: str, path: str) -> Iterator[tuple[str, bytes]]:
    from dulwich.client import get_transport_and_path  # noqa: PLC0415 - only those who use Git pay for it
    from dulwich.config import ConfigFile, StackedConfig  # noqa: PLC0415 - as above
    from dulwich.errors import GitProtocolError, HangupException, NotGitRepository  # noqa: PLC0415 - as above
    from urllib3.exceptions import HTTPError  # noqa: PLC0415 - as above

    try:
        with tempfile.TemporaryDirectory(prefix="cluster-doctor-") as folder:
            patient = ConfigFile()
            patient.set((b"http",), b"timeout", _SECONDS)
            config = StackedConfig([patient, *StackedConfig.default_backends()])
            client, place = get_transport_and_path(url, config=config, quiet=True)
            client.clone(place, folder, mkdir=False, bare=True, depth=1).close()
            yield from _markdown(Path(folder), path, url)
    except (GitProtocolError, HangupException, NotGitRepository, HTTPError, OSError, ValueError, LookupError) as error:
        said = " ".join(str(error).split()).replace(url, _shown(url))[:200] or type(error).__name__
        raise UnreadableInput(f"{_shown(url)} cannot be read: {said}", "Check the address and the rights.") from error


def _markdown(folder: Path, path: str, url: str) -> Iterator[tuple[str, bytes]]:
    from dulwich.object_store import tree_lookup_path  # noqa: PLC0415 - loaded already
    from dulwich.objects import Commit  # noqa: PLC0415 - as above
    from dulwich.repo import Repo  # noqa: PLC0415 - as above

    with Repo(str(folder)) as repo:
        head = repo[repo.head()]
        if not isinstance(head, Commit):
            raise UnreadableInput(f"{_shown(url)} has no commit", "Check its default branch.")
        root = head.tree
        if path:
            _, root = tree_lookup_path(repo.__getitem__, root, path.strip("/").encode())
        yield from list(_below(repo, root, PurePosixPath(), 0))[:MOST_FILES]


def _below(repo: Repo, tree: bytes, above: PurePosixPath, depth: int) -> Iterator[tuple[str, bytes]]:
    from dulwich.objects import Blob, ObjectID, Tree  # noqa: PLC0415 - loaded already

    found = repo[ObjectID(tree)]
    if not isinstance(found, Tree) or depth > _DEEPEST:
        return
    for entry in found.iteritems():
        name = entry.path.decode("utf-8", "replace") if entry.path else ""
        if not _PLAIN_PART.fullmatch(name) or name.startswith(".") or entry.mode is None or entry.sha is None:
            continue
        kind = entry.mode & 0o170000
        if kind == 0o040000:
            yield from _below(repo, entry.sha, above / name, depth + 1)
        elif kind == 0o100000 and PurePosixPath(name).suffix.lower() in SUFFIXES:
            blob = repo[entry.sha]
            if isinstance(blob, Blob):  # one byte more than is read, so that it is told as too large
                yield (above / name).as_posix(), blob.data[: MOST_BYTES + 1]


def _shown(url: str) -> str:
    """An address without whom it lets in."""
    if "://" not in url:
        return url
    parts = urlsplit(url)
    return url.replace(f"{parts.netloc.rpartition('@')[0]}@", "") if "@" in parts.netloc else url
