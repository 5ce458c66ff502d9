"""Files by name, wherever they lie: in a folder, or in an archive that was read into memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cluster_doctor.domain.errors import UnreadableInput

MOST_FILES = 100_000
MOST_BYTES = 512 * 1024 * 1024
"""Bytes that are read of one file, and of a recording in sum."""


@dataclass(frozen=True)
class Contents:
    """Files of a recording.

    Attributes:
        place: what a person calls it.
        sizes: names, with `/` between folders, and sizes in bytes.
        read: returns one file.
        left_out: names of what is there and was not read, with the reason.
        written_at: when the latest file was written.
        folder: where the files lie; None if they came packed.
    """

    place: str
    sizes: Mapping[str, int]
    read: Callable[[str], bytes]
    left_out: tuple[tuple[str, str], ...] = ()
    written_at: datetime | None = None
    folder: Path | None = None

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
        read=lambda name: read_file(folder / name),
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
            raise UnreadableInput(f"{path} holds more than {limit} bytes: {size}", "Narrow it with `kubectl get -n`.")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableInput(f"could not read {path}: {error.strerror}", "Check the path and its rights.") from error
