"""The files of a commit, read from Git's objects: what is checked out, staged or filtered plays no part."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.damage import damage_told
from cluster_doctor.remediation.gitops.encoding import LARGEST
from cluster_doctor.remediation.gitops.tree import MOST_FILES, clean_path

if TYPE_CHECKING:
    from dulwich.objects import ObjectID, Tree
    from dulwich.repo import Repo

_LINK, _SUBMODULE = 0o120000, 0o160000


@dataclass(frozen=True)
class CommitTree:
    """A tree of a repository."""

    repo: Repo
    tree: ObjectID

    @damage_told()
    def read(self, path: str) -> bytes:
        """Read a file; links and submodules on the way are refused."""
        from dulwich.objects import Blob  # noqa: PLC0415 - only those who use Git pay for it

        clean = clean_path(path)
        found = self._entry(clean)
        if found is None:
            raise RemediationError(f"{clean} is not in the commit", "Check the path.")
        blob = self.repo[found[1]]
        if not isinstance(blob, Blob):
            raise RemediationError(f"{clean} is a folder", "Name a file.")
        if blob.raw_length() > LARGEST:
            raise RemediationError(f"{clean} has {blob.raw_length()} bytes; {LARGEST} are the most", "Edit it by hand.")
        return blob.data

    def mode(self, path: str) -> int:
        """The mode of a file that is there."""
        found = self._entry(clean_path(path))
        return found[0] if found else 0o100644

    def has(self, path: str) -> bool:
        """Whether there is such a plain file."""
        try:
            found = self._entry(clean_path(path))
        except RemediationError:
            return False
        return found is not None and stat.S_ISREG(found[0])

    def is_free(self, path: str) -> bool:
        """Whether nothing lies at a path; links and submodules on the way are refused."""
        return self._entry(clean_path(path)) is None

    def files(self, folder: str) -> Iterator[str]:
        """The plain files of a folder and below, in order; names that are no UTF-8 are left out."""
        clean = clean_path(folder)
        found = (stat.S_IFDIR, self.tree) if clean == "." else self._entry(clean)
        if found is None or not stat.S_ISDIR(found[0]):
            return
        waiting, count = [("" if clean == "." else clean, *found)], 0
        while waiting:
            path, mode, here = waiting.pop()
            if stat.S_ISREG(mode):
                yield path
            if not stat.S_ISDIR(mode):
                continue
            for name, inner, below in sorted(self._tree(here).iteritems(), reverse=True):
                count += 1
                if count > MOST_FILES:
                    raise RemediationError(f"{clean} holds more than {MOST_FILES} files", "Name a narrower path.")
                try:
                    waiting.append((f"{path}/{name.decode()}".lstrip("/"), inner, below))
                except UnicodeDecodeError:
                    continue

    def _entry(self, clean: str) -> tuple[int, ObjectID] | None:
        """Mode and id of what lies at a path."""
        mode, here = stat.S_IFDIR, self.tree
        for part in () if clean == "." else clean.split("/"):
            if not stat.S_ISDIR(mode):
                return None
            try:
                mode, here = self._tree(here)[part.encode()]
            except KeyError:
                return None
            if mode == _LINK:
                raise RemediationError(f"{clean} goes through a symbolic link", "Name the file that it points to.")
            if mode == _SUBMODULE:
                raise RemediationError(f"{clean} lies in another repository (a submodule)", "Change it there.")
        return mode, here

    @damage_told()
    def _tree(self, name: ObjectID) -> Tree:
        from dulwich.objects import Tree  # noqa: PLC0415 - loaded already

        try:
            found = self.repo[name]
        except KeyError as error:
            raise RemediationError("a folder of the commit is not in this clone", "Fetch it whole.") from error
        if not isinstance(found, Tree):
            raise RemediationError("a folder of the commit is none", "Check the repository with `git fsck`.")
        return found
