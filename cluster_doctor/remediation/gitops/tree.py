"""The files of a repository at one version, read through a gate: a repository is other people's text.

What leads out of the tree, is a link, another repository inside this one, or too large, is refused and not followed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from posixpath import normpath
from typing import Protocol

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.encoding import LARGEST

MOST_FILES = 20_000
"""Files of one folder of a tree that are looked at."""


class SourceTree(Protocol):
    """Files by their path from the top, with `/` between folders."""

    def read(self, path: str) -> bytes:
        """Read a file; raises RemediationError for what is not there or refused."""

    def files(self, folder: str) -> Iterator[str]:
        """The paths of the files in a folder and below it, in order, links and other repositories left out."""

    def has(self, path: str) -> bool:
        """Whether there is a file of that path that can be read."""

    def is_free(self, path: str) -> bool:
        """Whether nothing lies at a path; raises RemediationError where a link or another repository is on the way."""


def clean_path(path: str) -> str:
    """A path from the top of a tree, `.` for the top itself.

    Raises:
        RemediationError: it leads out of the tree or into Git's own files.
    """
    clean = normpath(path.strip("/") or ".")
    parts = clean.split("/")
    if ".." in parts or "\x00" in path or "\\" in path or any(part.lower() == ".git" for part in parts):
        raise RemediationError(f"{path!r} leads out of the repository", "Name a path inside it.")
    return clean


@dataclass(frozen=True)
class FolderTree:
    """A checked-out tree on disk. Nothing is written to it."""

    top: Path

    def read(self, path: str) -> bytes:
        """Read a file, with no link on the way to it."""
        clean = clean_path(path)
        self._check_way(clean)
        try:
            descriptor = os.open(self.top / clean, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            with os.fdopen(descriptor, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                if size > LARGEST:
                    raise RemediationError(f"{clean} has {size} bytes; {LARGEST} are the most", "Edit it by hand.")
                return file.read()
        except OSError as error:
            raise RemediationError(f"{clean} cannot be read: {error.strerror}", "Check the path.") from error

    def files(self, folder: str) -> Iterator[str]:
        """Walk a folder; links, other repositories and Git's own files are left out."""
        clean, count = clean_path(folder), 0
        self._check_way(clean)
        for place, folders, names in os.walk(self.top / clean):
            here = Path(place)
            folders[:] = sorted(
                name
                for name in folders
                if name != ".git" and not (here / name).is_symlink() and not _nested(here / name)
            )
            for name in sorted(names):
                count += 1
                if count > MOST_FILES:
                    raise RemediationError(f"{clean} holds more than {MOST_FILES} files", "Name a narrower path.")
                if stat.S_ISREG((here / name).lstat().st_mode):
                    yield (here / name).relative_to(self.top).as_posix()

    def has(self, path: str) -> bool:
        """Whether a plain file is there."""
        try:
            clean = clean_path(path)
            self._check_way(clean)
        except RemediationError:
            return False
        return (self.top / clean).is_file()

    def is_free(self, path: str) -> bool:
        """Whether nothing is there."""
        clean = clean_path(path)
        self._check_way(clean)
        return not (self.top / clean).exists()

    def _check_way(self, clean: str) -> None:
        place = self.top
        for part in () if clean == "." else clean.split("/"):
            place /= part
            if place.is_symlink():
                raise RemediationError(f"{clean} goes through a symbolic link", "Name the file that it points to.")
            if place.is_dir() and _nested(place):
                raise RemediationError(f"{clean} lies in another repository (a submodule)", "Change it there.")


@dataclass(frozen=True)
class ChangedTree:
    """A tree with the contents of some files replaced, and some files more, before anything is written."""

    under: SourceTree
    changed: dict[str, bytes]

    def read(self, path: str) -> bytes:
        """Read a file as it is to become."""
        clean = clean_path(path)
        return self.changed[clean] if clean in self.changed else self.under.read(clean)

    def files(self, folder: str) -> Iterator[str]:
        """The files below, and after them those that are new."""
        yield from self.under.files(folder)
        top = clean_path(folder)
        for path in sorted(self.changed):
            if self.under.is_free(path) and (top == "." or path.startswith(f"{top}/")):
                yield path

    def has(self, path: str) -> bool:
        """Whether the file is there, or is to be."""
        return path in self.changed or self.under.has(path)

    def is_free(self, path: str) -> bool:
        """Whether nothing is there, nor is to be."""
        return clean_path(path) not in self.changed and self.under.is_free(path)


def _nested(folder: Path) -> bool:
    return (folder / ".git").exists()
