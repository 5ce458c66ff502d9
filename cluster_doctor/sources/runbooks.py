"""Reads a folder of runbooks: Markdown files that people wrote. Their text is data, whatever it asks for."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from cluster_doctor.domain.errors import UnreadableInput, UsageError
from cluster_doctor.snapshot.door import Door

SUFFIXES = frozenset({".md", ".markdown"})
MOST_FILES = 1_000
MOST_BYTES = 256 * 1024
"""Bytes of one runbook."""
MOST_TOTAL = 8 * 1024 * 1024
MOST_NOTED = 5
"""Files of which is told why they were not read; of more only how many."""
_LINE_END = re.compile("\r\n|\r|\n")
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


@dataclass(frozen=True)
class RunbookText:
    """One runbook as it is written, without credentials. `file` is relative to the folder."""

    file: str
    text: str


@dataclass(frozen=True)
class RunbookFolder:
    """What a folder of runbooks holds, by file, and what of it could not be read."""

    texts: tuple[RunbookText, ...] = ()
    notes: tuple[str, ...] = ()


def runbooks_named(folder: str | os.PathLike[str] | None) -> str:
    """Make of a folder that was named words that outlive this process; empty if none was named.

    Raises:
        UsageError: it is no folder.
    """
    if folder is None or not str(folder):
        return ""
    path = Path(folder).expanduser()
    if not is_folder(path):
        raise UsageError(f"there is no folder {path} of runbooks", "Check --runbooks or CLUSTER_DOCTOR_RUNBOOKS.")
    return str(path.resolve())


def is_folder(path: Path) -> bool:
    """Whether there is a folder that may be looked at."""
    try:
        return path.is_dir()
    except OSError:
        return False


def read_runbooks(folder: Path) -> RunbookFolder:
    """Read all Markdown files in a folder and below. Links that lead out of it are not followed.

    Raises:
        UnreadableInput: the folder cannot be listed.
    """
    texts: list[RunbookText] = []
    left_out: list[str] = []
    odd: list[str] = []
    total = 0
    door = Door()
    for path in _files(folder, left_out):
        name = os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", "replace")
        if len(texts) >= MOST_FILES or total >= MOST_TOTAL:
            left_out.append(f"{name} is beyond {MOST_FILES} files or {MOST_TOTAL // 1024 // 1024} MiB")
            continue
        content = _content(path, folder, name, left_out)
        if content is None:
            continue
        total += len(content)
        text, is_odd = _decoded(content)
        if "\0" in text:
            left_out.append(f"{name} is no text")
            continue
        if is_odd:
            odd.append(
                f"{name} is not written in UTF-8; what could not be read of it is shown as \N{REPLACEMENT CHARACTER}"
            )
        texts.append(RunbookText(name, "\n".join(door.mask_lines(_LINE_END.split(text)))))
    return RunbookFolder(tuple(texts), tuple(_notes(odd, "")) + tuple(_notes(left_out, ", and was not read")))


def _files(folder: Path, left_out: list[str]) -> list[Path]:
    """Markdown files in order. Hidden folders, such as those of git, hold none that are meant."""
    found: list[Path] = []

    def refuse(error: OSError) -> None:
        if Path(error.filename) == folder:
            raise UnreadableInput(f"could not list {folder}: {error.strerror}", "Check --runbooks.") from error
        left_out.append(f"{Path(error.filename).name} cannot be listed: {error.strerror}")

    for base, folders, names in os.walk(folder, followlinks=False, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(base, name) for name in sorted(names) if Path(name).suffix.lower() in SUFFIXES]
    return sorted(found)


def _content(path: Path, folder: Path, name: str, left_out: list[str]) -> bytes | None:
    try:
        if not path.resolve(strict=True).is_relative_to(folder.resolve()):
            left_out.append(f"{name} is a link that leads out of the folder")
        elif not path.is_file():
            left_out.append(f"{name} is no regular file")
        elif path.stat().st_size > MOST_BYTES:
            left_out.append(f"{name} holds more than {MOST_BYTES // 1024} KiB")
        else:
            with path.open("rb") as file:
                return file.read(MOST_BYTES)
    except RuntimeError:  # what Python before 3.13 makes of it
        left_out.append(f"{name} is a link that leads to itself")
    except OSError as error:
        left_out.append(f"{name} cannot be read: {error.strerror}")
    return None


def _decoded(content: bytes) -> tuple[str, bool]:
    """Decode a text; whether something of it could not be."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding), False
    except UnicodeDecodeError:
        return content.decode(encoding, "replace"), True


def _notes(told: list[str], ending: str) -> list[str]:
    notes = [f"runbook {what}{ending}" for what in told[:MOST_NOTED]]
    more = len(told) - MOST_NOTED
    return [*notes, f"{more} more runbooks likewise"] if more > 0 else notes
