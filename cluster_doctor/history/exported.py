"""One run as one file: what it found, the evidence that it rests on, and its part of the audit record.

It is a zip archive with `run.json` and, below `evidence/`, each stored result under the SHA-256 of its content. What
tells of the machine where the run was made (paths, kubeconfig, folders) is left out. Evidence was redacted when it was
taken. The entries of the audit record are as they are, because their hashes would not fit anything else; those of other
runs, which stand between them in the same chain, are not in the file.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePath
from typing import Literal

import orjson
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from cluster_doctor.domain.audit import AuditHead
from cluster_doctor.domain.errors import UnreadableInput, UsageError
from cluster_doctor.domain.exchange import Exchange
from cluster_doctor.history.run_log import RunRecord, StepRecord

MOST_PARTS = 64
"""Parts that a file may have; a run refers to some ten."""
MOST_BYTES = 512 * 1024 * 1024
"""Bytes that a part may have."""
_DOCUMENT = "run.json"
_EVIDENCE = "evidence/"
_DISTRUST = "Ask for it again: `cluster-doctor runs export ID` writes it."
_EPOCH = (1980, 1, 1, 0, 0, 0)


class AuditRow(BaseModel):
    """One entry of the audit record, to the letter, as it was hashed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sequence: int
    at: str
    run_id: str
    kind: str
    body: str
    previous: str
    hash: str


class RunDocument(BaseModel):
    """What `run.json` holds.

    Attributes:
        kind: what it is.
        version: of this form.
        run: the run.
        steps: the turns of its nodes.
        case: how far the case has come; its evidence by hash.
        audit: its entries of the audit record, in order.
        head: the last of these, as the run's record has it.
        model_calls: what its chat model answered, so that it replays.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["cluster-doctor run"] = "cluster-doctor run"
    version: Literal[1] = 1
    run: RunRecord
    steps: tuple[StepRecord, ...]
    case: dict[str, JsonValue]
    audit: tuple[AuditRow, ...]
    head: AuditHead
    model_calls: tuple[Exchange, ...] = ()


def write_exported(path: Path, document: RunDocument, evidence: Mapping[str, bytes]) -> None:
    """Write the file, whole or not at all.

    Raises:
        UsageError: it cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with zipfile.ZipFile(part, "w") as packed:
            plain = orjson.dumps(document.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
            packed.writestr(zipfile.ZipInfo(_DOCUMENT, _EPOCH), plain, zipfile.ZIP_DEFLATED)
            for key in sorted(evidence):  # packed already
                packed.writestr(zipfile.ZipInfo(f"{_EVIDENCE}{key}", _EPOCH), evidence[key], zipfile.ZIP_STORED)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UsageError(f"{path} cannot be written: {error.strerror}", "Name another file with -o.") from error


def read_exported(path: Path, keep: Callable[[str, bytes], None]) -> RunDocument:
    """Read a file that somebody sent.

    Args:
        path: the file.
        keep: takes each stored result with the hash that it is to have; whoever reads it checks that.

    Raises:
        UnreadableInput: it is no such file, damaged or hostile.
    """
    document: RunDocument | None = None
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS:
                raise UnreadableInput(f"{path} has {len(parts)} parts; {MOST_PARTS} are read at most", _DISTRUST)
            for name, content in _read(packed, parts, path):
                if name == _DOCUMENT:
                    document = RunDocument.model_validate_json(content)
                else:
                    keep(PurePath(name).name, content)
    except OSError as error:
        raise UnreadableInput(f"{path} cannot be read: {error.strerror}", "Check the path and its rights.") from error
    # Besides its own error, zipfile raises these for packings that it does not know, encrypted parts and cut streams.
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise UnreadableInput(f"{path} is no exported run, or is damaged", _DISTRUST) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise UnreadableInput(f"{path} is no exported run: {where}: {first['msg']}", _DISTRUST) from error
    if document is None:
        raise UnreadableInput(f"{path} is no exported run: it holds no {_DOCUMENT}", _DISTRUST)
    return document


def _read(packed: zipfile.ZipFile, parts: list[zipfile.ZipInfo], path: Path) -> Iterator[tuple[str, bytes]]:
    for part in parts:
        key = part.filename.removeprefix(_EVIDENCE)
        is_evidence = part.filename != key and len(key) == 64 and set(key) <= set("0123456789abcdef")
        if not (is_evidence or part.filename == _DOCUMENT):
            raise UnreadableInput(f"{path} holds {part.filename[:80]!r}, which no exported run has", _DISTRUST)
        with packed.open(part) as stream:
            content = stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise UnreadableInput(f"{path}: {part.filename} has more than {MOST_BYTES >> 20} MiB", _DISTRUST)
        yield part.filename, content
