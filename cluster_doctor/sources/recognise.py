"""Tells which recorded form a path holds, and opens it."""

from __future__ import annotations

import os
import re
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from cluster_doctor.domain.errors import UnreadableInput, UsageError
from cluster_doctor.snapshot.file import looks_like_snapshot
from cluster_doctor.sources.opsbench.source import OpsBenchSource
from cluster_doctor.sources.protocol import Source
from cluster_doctor.sources.recorded.archive import is_packed, unpack
from cluster_doctor.sources.recorded.cluster_dump import is_dump_stream
from cluster_doctor.sources.recorded.cluster_dump import root_of as dump_root
from cluster_doctor.sources.recorded.contents import Contents, folder_contents
from cluster_doctor.sources.recorded.forms import (
    cluster_dump,
    must_gather,
    opsbench_files,
    opsbench_root,
    support_bundle,
)
from cluster_doctor.sources.recorded.must_gather import is_must_gather
from cluster_doctor.sources.recorded.objects import ObjectFiles
from cluster_doctor.sources.recorded.snapshot_file import SnapshotFile
from cluster_doctor.sources.recorded.support_bundle import is_support_bundle
from cluster_doctor.sources.recorded.terminal_text import TerminalText


class RecordedForm(StrEnum):
    """Recorded forms of a cluster."""

    SNAPSHOT = "snapshot"
    OBJECTS = "objects"
    TERMINAL = "terminal"
    CLUSTER_DUMP = "cluster-dump"
    MUST_GATHER = "must-gather"
    SUPPORT_BUNDLE = "support-bundle"
    OPSBENCH = "opsbench"


_START = 8192
_DEEPEST = 2
"""Layers of packing that are taken off: a compressed file in an archive, no more."""
_OBJECT = re.compile(rb"^(?:- )?(?:apiVersion|kind|items):", re.MULTILINE)
_JSON = re.compile(rb"\s*(?:\{|\[\s*(?:[{\]]|$))")
"""How JSON of objects begins, and YAML in its form; a prompt such as `[root@master ~]#` begins with a bracket too."""
_OPTION = "Say --format with one of {}."

Content = Path | bytes | Contents


def open_recorded(place: str | os.PathLike[str] | bytes, form: str | None = None) -> Source:
    """Open a recording of a cluster: a folder, a file, an archive of either, or what one holds.

    Args:
        place: a path, or the content of a file.
        form: a `RecordedForm`, where it shall not be recognised.

    Raises:
        UnreadableInput: there is nothing, or nothing of a known form.
        UsageError: `form` names no recorded form.
    """
    given = place if isinstance(place, bytes) else Path(place)
    wanted = _parse(form) if form else None
    if isinstance(given, Path) and not given.exists():
        raise UnreadableInput(f"there is no {given}", "Check the path; `-` reads standard input.")
    name = "standard input" if isinstance(given, bytes) else str(given)
    content = _unpacked(given, name)
    return _opened(content, wanted or _recognise(content, name), name)


def _opened(content: Content, form: RecordedForm, name: str) -> Source:
    match form:
        case RecordedForm.SNAPSHOT:
            return SnapshotFile(_file(content, form))
        case RecordedForm.OBJECTS:
            return ObjectFiles(content)
        case RecordedForm.TERMINAL:
            return TerminalText(_file(content, form))
        case RecordedForm.CLUSTER_DUMP:
            return cluster_dump(content, name)
        case RecordedForm.MUST_GATHER:
            return must_gather(_folder(content, form))
        case RecordedForm.SUPPORT_BUNDLE:
            return support_bundle(_folder(content, form))
        case RecordedForm.OPSBENCH:
            if isinstance(content, Path):
                return OpsBenchSource(content)
            return opsbench_files(_folder(content, form))
        case unreachable:
            assert_never(unreachable)


def _parse(form: str) -> RecordedForm:
    try:
        return RecordedForm(form.lower())
    except ValueError:
        known = ", ".join(RecordedForm)
        raise UsageError(f"there is no recorded form {form!r}", f"Use one of {known}.") from None


def _file(content: Content, form: RecordedForm) -> Path | bytes:
    if isinstance(content, Contents) or (isinstance(content, Path) and content.is_dir()):
        raise UsageError(f"the form {form.value!r} is one file, and this is many", "Name the file.")
    return content


def _folder(content: Content, form: RecordedForm) -> Contents:
    if isinstance(content, Contents):
        return content
    if isinstance(content, bytes) or not content.is_dir():
        raise UsageError(f"the form {form.value!r} is a folder or an archive of one", "Give its path.")
    return folder_contents(content)


def _unpacked(given: Path | bytes, name: str) -> Content:
    """Take off what packs a recording; a single file in an archive is taken for itself."""
    content: Content = given
    for _ in range(_DEEPEST):
        if isinstance(content, Contents) or (isinstance(content, Path) and content.is_dir()):
            break
        start = content[:_START] if isinstance(content, bytes) else _start_of(content)
        if looks_like_snapshot(start) or not is_packed(start):
            break
        content = unpack(content, name)
        if isinstance(content, Contents) and len(content.sizes) == 1 and not content.left_out:
            content = content.read(next(iter(content.sizes)))
    return content


def _recognise(content: Content, name: str) -> RecordedForm:
    if isinstance(content, Path) and content.is_dir():
        if OpsBenchSource.recognises(content):
            return RecordedForm.OPSBENCH
        return _recognise_files(folder_contents(content))
    if isinstance(content, Contents):
        return RecordedForm.OPSBENCH if opsbench_root(content) is not None else _recognise_files(content)
    start = content[:_START] if isinstance(content, bytes) else _start_of(content)
    if looks_like_snapshot(start):
        return RecordedForm.SNAPSHOT
    if not start.strip():
        raise UnreadableInput(f"{name} is empty", "Was the command that made it refused?")
    if is_dump_stream(start):
        return RecordedForm.CLUSTER_DUMP
    if is_packed(start):
        raise UnreadableInput(f"{name} is an archive within an archive within an archive", "Unpack it first.")
    if _JSON.match(start) or _OBJECT.search(start):
        return RecordedForm.OBJECTS
    if b"\x00" in start or not _is_text(start):
        raise UnreadableInput(
            f"{name} is binary and of no form that is known here", _OPTION.format(", ".join(RecordedForm))
        )
    return RecordedForm.TERMINAL


def _recognise_files(contents: Contents) -> RecordedForm:
    if is_support_bundle(contents):
        return RecordedForm.SUPPORT_BUNDLE
    if is_must_gather(contents):
        return RecordedForm.MUST_GATHER
    return RecordedForm.OBJECTS if dump_root(contents) is None else RecordedForm.CLUSTER_DUMP


def _is_text(start: bytes) -> bool:
    """Tell text from noise: a few bytes of it may be odd, and the last character may be cut."""
    odd = start.decode("utf-8", "replace").count("\ufffd")
    return odd * 10 < len(start)


def _start_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_START)
    except OSError as error:
        raise UnreadableInput(f"could not read {path}: {error.strerror}", "Check the path and its rights.") from error
