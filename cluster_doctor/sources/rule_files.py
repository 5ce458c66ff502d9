"""Reads the files of a folder of rules. It is code: only a folder that somebody named is ever looked at."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.rule_choice import RuleFile

MOST_FILES = 1_000
MOST_BYTES = 256 * 1024
"""Bytes of one rule."""
_FORM = "A folder of rules holds Python files, one rule each, in it or in folders below it that name their areas."


def read_rule_files(folder: Path) -> tuple[RuleFile, ...]:
    """Read the Python files in a folder and in those right below it. Tests, and names with `_` or `.` before, are none.

    Raises:
        UsageError: there is no such folder, it holds no rule, or a file cannot be read.
    """
    folder = folder.expanduser()
    try:
        place = folder.resolve(strict=True)
        paths = sorted(_files(place))
    except OSError as error:
        raise UsageError(f"the folder of rules {folder} cannot be read: {error.strerror}", _FORM) from error
    if not paths:
        raise UsageError(f"{folder} holds no rule", _FORM)
    if len(paths) > MOST_FILES:
        raise UsageError(f"{folder} holds {len(paths)} Python files; {MOST_FILES} are read at most", _FORM)
    return tuple(RuleFile(str(place), path.relative_to(place).as_posix(), _text(path)) for path in paths)


def is_safe(folder: Path) -> bool:
    """Whether nobody but the user and root can have written a folder of rules, which was named by a record alone."""
    if not hasattr(os, "getuid"):
        return True
    known = {0, os.getuid()}
    try:
        states = [path.stat() for path in (folder, *folder.rglob("*"))]
    except OSError:
        return False
    return all(state.st_uid in known and not state.st_mode & stat.S_IWOTH for state in states)


def _files(folder: Path) -> Iterator[Path]:
    for path in (
        *folder.iterdir(),
        *(inner for below in folder.iterdir() if _is_area(below) for inner in below.iterdir()),
    ):
        is_test = path.name.startswith("test_") or path.name == "conftest.py"
        if path.suffix == ".py" and path.name[0] not in "._" and not is_test and path.is_file():
            yield path


def _is_area(path: Path) -> bool:
    return path.is_dir() and path.name[0] not in "._" and path.name != "tests"


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise UsageError(f"{path} holds more than {MOST_BYTES // 1024} KiB", _FORM)
        return content.decode()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", _FORM) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not written in UTF-8", _FORM) from error
