"""The files of a commit on GitHub, each read when it is asked for."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.encoding import LARGEST
from cluster_doctor.remediation.gitops.github.api import Api
from cluster_doctor.remediation.gitops.github.archive import archived_contents
from cluster_doctor.remediation.gitops.tree import MOST_FILES, clean_path
from cluster_doctor.snapshot.paths import dig, text

MOST_SINGLY = 40
"""Files that are read one by one before all are read at once."""

_FOLDER, _LINK, _SUBMODULE = "040000", "120000", "160000"
_FILES = frozenset({"100644", "100755", "100664"})


@dataclass(frozen=True)
class RemoteEntry:
    """What lies at a path: its mode and id as Git has them, and how large a file is."""

    mode: str
    sha: str
    size: int = 0


class RemoteTree:
    """A tree on GitHub. The whole listing takes one request, unless it is so large that GitHub cuts it.

    Args:
        api: the repository.
        commit: the id of the commit.
        sha: the id of its tree.
    """

    def __init__(self, api: Api, commit: str, sha: str) -> None:
        """Nothing is read yet."""
        self._api, self._commit, self.sha = api, commit, sha
        self._read_singly = 0
        self._folders: dict[str, dict[str, RemoteEntry]] = {}
        self._contents: dict[str, bytes] = {}

    def read(self, path: str) -> bytes:
        """Read a file; links and submodules on the way are refused."""
        clean = clean_path(path)
        found = self.entry(clean)
        if found is None:
            raise RemediationError(f"{clean} is not in the commit", "Check the path.")
        if found.mode not in _FILES:
            raise RemediationError(f"{clean} is a folder", "Name a file.")
        if found.size > LARGEST:
            raise RemediationError(f"{clean} has {found.size} bytes; {LARGEST} are the most", "Edit it by hand.")
        if found.sha not in self._contents:
            self._fetch(found.sha, clean)
        return self._contents[found.sha]

    def _fetch(self, sha: str, path: str) -> None:
        """Read one file; once many were read, all at once."""
        if self._read_singly == MOST_SINGLY:
            self._contents |= archived_contents(self._api, self._commit)
        self._read_singly += 1
        if sha not in self._contents:
            self._contents[sha] = _content(self._api.get(f"/git/blobs/{sha}"), path)

    def has(self, path: str) -> bool:
        """Whether there is such a plain file."""
        try:
            found = self.entry(clean_path(path))
        except RemediationError:
            return False
        return found is not None and found.mode in _FILES

    def is_free(self, path: str) -> bool:
        """Whether nothing lies at a path; links and submodules on the way are refused."""
        return self.entry(clean_path(path)) is None

    def files(self, folder: str) -> Iterator[str]:
        """The plain files of a folder and below, in order."""
        clean = clean_path(folder)
        top = RemoteEntry(_FOLDER, self.sha) if clean == "." else self.entry(clean)
        if top is None or top.mode != _FOLDER:
            return
        waiting, count = [("" if clean == "." else clean, top)], 0
        while waiting:
            path, here = waiting.pop()
            if here.mode in _FILES:
                yield path
            if here.mode != _FOLDER:
                continue
            for name, below in sorted(self._folder(path, here.sha).items(), reverse=True):
                count += 1
                if count > MOST_FILES:
                    raise RemediationError(f"{clean} holds more than {MOST_FILES} files", "Name a narrower path.")
                waiting.append((f"{path}/{name}".lstrip("/"), below))

    def entry(self, clean: str) -> RemoteEntry | None:
        """What lies at a path, None if nothing does.

        Raises:
            RemediationError: the way leads through a link or a submodule.
        """
        here, path = RemoteEntry(_FOLDER, self.sha), ""
        for part in () if clean == "." else clean.split("/"):
            if here.mode != _FOLDER:
                return None
            found = self._folder(path, here.sha).get(part)
            if found is None:
                return None
            if found.mode == _LINK:
                raise RemediationError(f"{clean} goes through a symbolic link", "Name the file that it points to.")
            if found.mode == _SUBMODULE:
                raise RemediationError(f"{clean} lies in another repository (a submodule)", "Change it there.")
            here, path = found, f"{path}/{part}".lstrip("/")
        return here

    def _folder(self, path: str, sha: str) -> dict[str, RemoteEntry]:
        """The entries of a folder."""
        if not self._folders:
            answer = self._api.get(f"/git/trees/{self.sha}", recursive="1")
            self._folders[""] = {}
            if dig(answer, "truncated") is True:
                del self._folders[""]
            else:
                self._spread(answer)
        if path not in self._folders:
            answer = self._api.get(f"/git/trees/{sha}")
            if dig(answer, "truncated") is True:
                raise RemediationError(f"{path or 'the top'} holds more than GitHub lists", "Name a narrower path.")
            self._folders[path] = dict(_entries(answer))
        return self._folders[path]

    def _spread(self, answer: JsonValue) -> None:
        """Put a whole listing into its folders."""
        for path, entry in _entries(answer):
            above, _, name = path.rpartition("/")
            self._folders.setdefault(above, {})[name] = entry
            if entry.mode == _FOLDER:
                self._folders.setdefault(path, {})


def _entries(answer: JsonValue) -> Iterator[tuple[str, RemoteEntry]]:
    listed = dig(answer, "tree")
    for told in listed if isinstance(listed, list) else []:
        size = dig(told, "size")
        yield (
            text(told, "path"),
            RemoteEntry(text(told, "mode"), text(told, "sha"), size if isinstance(size, int) else 0),
        )


def _content(answer: JsonValue, path: str) -> bytes:
    try:
        content = b64decode("".join(text(answer, "content").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise RemediationError(f"{path} came in another form than base64", "Try again.") from error
    if text(answer, "encoding") != "base64" or len(content) != dig(answer, "size"):
        raise RemediationError(f"{path} came incomplete", "Try again.")
    return content
