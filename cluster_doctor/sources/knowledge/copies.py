"""Copies of what lies elsewhere: folders of Markdown files, each with when it was made and of what."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ValidationError

from cluster_doctor.domain.errors import SourceError, UnreadableInput

FRESH = timedelta(minutes=10)
"""For so long a copy is taken as it is."""
_RECORD = ".copied.json"


class CopyRecord(BaseModel):
    """Of what a copy is, and when it was made."""

    of: str
    at: datetime


@dataclass(frozen=True)
class Copy:
    """A folder of Markdown files, and of what it is; `note` says if it could not be made anew."""

    of: str
    folder: Path
    note: str = ""


def copied(
    cache: Path, of: str, key: str, read: Callable[[], Iterable[tuple[str, bytes]]], now: datetime | None = None
) -> Copy:
    """Copy what somebody else keeps, or take the copy that there is.

    Args:
        cache: the folder of copies.
        of: what is copied, in words for a person, without credentials.
        key: tells copies apart; it is only hashed.
        read: reads the files, by name.
        now: the time.

    Raises:
        SourceError: it cannot be read, and there is no copy.
    """
    now = now or datetime.now(UTC)
    folder = cache / hashlib.sha256(key.encode()).hexdigest()[:24]
    known = _record(folder)
    if known and now - known.at <= FRESH:
        return Copy(of, folder)
    try:
        files = list(read())
    except SourceError as error:
        if known is None:
            raise
        return Copy(
            of, folder, f"{of} is as of {known.at:%Y-%m-%d %H:%M} UTC, {_age(now - known.at)} ago: {error.what}"
        )
    try:
        _write(folder, files, CopyRecord(of=of, at=now))
    except OSError as error:
        raise UnreadableInput(f"a copy of {of} could not be kept: {error.strerror}", f"Check {cache}.") from error
    return Copy(of, folder)


def _write(folder: Path, files: Iterable[tuple[str, bytes]], record: CopyRecord) -> None:
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
        made = Path(beside) / "made"
        made.mkdir(mode=0o700)
        for name, content in files:
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (made / _RECORD).write_text(record.model_dump_json(), encoding="utf-8")
        if folder.exists():
            folder.rename(Path(beside) / "old")
        made.rename(folder)


def _record(folder: Path) -> CopyRecord | None:
    try:
        return CopyRecord.model_validate_json((folder / _RECORD).read_bytes())
    except (OSError, ValidationError):
        return None


def _age(past: timedelta) -> str:
    if past.days:
        return f"{past.days} day{'s' if past.days > 1 else ''}"
    hours, minutes = divmod(past.seconds // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
