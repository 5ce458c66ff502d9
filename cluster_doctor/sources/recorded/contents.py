"""Files by name, wherever they lie: in a folder, or in an archive that was read into memory.

Recordings reach gigabytes, most of it logs. So files are read one by one, and of a log its end.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.sources.protocol import Progress
from cluster_doctor.sources.recorded.reading import Reading

MOST_FILES = 100_000
MOST_BYTES = 512 * 1024 * 1024
"""Bytes of a file that is read in one piece."""
MOST_TOTAL = 8 * MOST_BYTES
"""Bytes of a recording, and of a file that is read piece by piece."""
LOG_TAIL = 1024 * 1024
"""Bytes of a log that are kept, from its end."""


_NARROW = "Narrow it with `kubectl get -n`."
_CHECK = "Check the path and its rights."


class Read(Protocol):
    """Returns a file, or the end of it."""

    def __call__(self, name: str, end: int | None = None, /) -> bytes:
        """Read a file; of one that is longer than `end` bytes the last ones."""


@dataclass(frozen=True)
class Contents:
    """Files of a recording.

    Attributes:
        place: what a person calls it.
        sizes: names, with `/` between folders, and sizes in bytes.
        read: returns one file, or as many bytes from its end as are asked for.
        left_out: names of what is there and was not read, with the reason.
        written_at: when the latest file was written.
        folder: where the files lie; None if they came packed.
    """

    place: str
    sizes: Mapping[str, int]
    read: Read
    left_out: tuple[tuple[str, str], ...] = ()
    written_at: datetime | None = None
    folder: Path | None = None

    def watched(self, progress: Progress) -> Contents:
        """The same files, telling how far they have been read."""
        report = Reading(self.place, sum(self.sizes.values()), progress)

        def read(name: str, end: int | None = None, /) -> bytes:
            found = self.read(name, end)
            report.passed(self.sizes[name])
            return found

        return replace(self, read=read)

    def names(self, suffixes: frozenset[str]) -> list[str]:
        """Names that end so, in order."""
        return sorted(name for name in self.sizes if os.path.splitext(name)[1].lower() in suffixes)  # noqa: PTH122 - a name, no path


def folder_contents(folder: Path, *, deep: bool = True) -> Contents:
    """List a folder; links are not followed.

    Args:
        folder: where to look.
        deep: whether to look into the folders in it too.

    Raises:
        UnreadableInput: it cannot be listed, or holds too many files.
    """
    sizes: dict[str, int] = {}
    left_out: list[tuple[str, str]] = []
    latest = 0.0

    def refuse(error: OSError) -> None:
        left_out.append((os.path.relpath(error.filename, folder), error.strerror or "unreadable"))

    for base, folders, names in os.walk(folder, followlinks=False, onerror=refuse):
        folders[:] = sorted(folders) if deep else []
        for name in sorted(names):
            path = Path(base, name)
            relative = path.relative_to(folder).as_posix()
            if path.is_symlink() or not path.is_file():
                left_out.append((relative, "a link" if path.is_symlink() else "no regular file"))
                continue
            state = path.stat()
            sizes[relative] = state.st_size
            latest = max(latest, state.st_mtime)
        if len(sizes) + len(left_out) > MOST_FILES:
            raise UnreadableInput(f"{folder} holds more than {MOST_FILES} files", "Name the folder that matters.")
    return Contents(
        place=str(folder),
        sizes=sizes,
        read=lambda name, end=None, /: read_end(folder / name, end) if end else read_file(folder / name),
        left_out=tuple(left_out),
        written_at=datetime.fromtimestamp(latest, UTC) if sizes else None,
        folder=folder,
    )


def read_file(path: Path, limit: int = MOST_BYTES) -> bytes:
    """Read one file.

    Raises:
        UnreadableInput: it is too large, or the system refuses.
    """
    try:
        size = path.stat().st_size
        if size > limit:
            raise UnreadableInput(f"{path} holds more than {limit} bytes: {size}", _NARROW)
        return path.read_bytes()
    except OSError as error:
        raise UnreadableInput(f"could not read {path}: {error.strerror}", _CHECK) from error


def read_end(path: Path, count: int) -> bytes:
    """Read the last bytes of a file.

    Raises:
        UnreadableInput: the system refuses.
    """
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - count))
            return file.read(count)
    except OSError as error:
        raise UnreadableInput(f"could not read {path}: {error.strerror}", _CHECK) from error


def open_file(path: Path) -> BinaryIO:
    """Open a file to read it piece by piece.

    Raises:
        UnreadableInput: it is too large, or the system refuses.
    """
    try:
        size = path.stat().st_size
        if size > MOST_TOTAL:
            raise UnreadableInput(f"{path} holds more than {MOST_TOTAL} bytes: {size}", _NARROW)
        return path.open("rb")
    except OSError as error:
        raise UnreadableInput(f"could not read {path}: {error.strerror}", _CHECK) from error


def size_of(file: BinaryIO) -> int:
    """Bytes of a file that was just opened."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size
