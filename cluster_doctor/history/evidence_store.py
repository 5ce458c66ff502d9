"""Snapshots and results of nodes, each kept once, under the SHA-256 of its content."""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections.abc import Hashable
from functools import cache
from pathlib import Path
from typing import TypeVar, cast

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from cluster_doctor.domain.errors import RunError
from cluster_doctor.history.contents import Contents, FolderContents
from cluster_doctor.history.recent import Recent
from cluster_doctor.snapshot.file import read_snapshot, snapshot_bytes
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

T = TypeVar("T")
_HASH = re.compile(r"[0-9a-f]{64}")
_SNAPSHOTS, _VALUES = 4, 32
"""How many are remembered."""
MOST_BYTES = 512 * 1024 * 1024
"""What one result may expand to."""


class EvidenceStore:
    """Keeps what runs refer to. What was stored is never changed; storing it again changes nothing."""

    def __init__(self, contents: Path | Contents) -> None:
        """Keep everything below a folder, or in a table."""
        self._contents = FolderContents(contents) if isinstance(contents, Path) else contents
        self._snapshots: Recent[str, ClusterSnapshot] = Recent(_SNAPSHOTS)
        self._values: Recent[tuple[str, object], object] = Recent(_VALUES)

    @property
    def place(self) -> str:
        """Where everything lies, in words for a person."""
        return self._contents.place

    def put_snapshot(self, cluster: ClusterSnapshot) -> str:
        """Store a snapshot in its file form; return its hash."""
        known = self._snapshots.key_of(cluster)
        if known:
            return known
        key = self._put(snapshot_bytes(cluster))
        self._snapshots.keep(key, cluster)
        return key

    def snapshot(self, key: str) -> ClusterSnapshot:
        """Load a snapshot.

        Raises:
            RunError: it is not there, or not what was stored.
        """
        found = self._snapshots.get(key)
        if found is None:
            found = read_snapshot(self._get(key))
            self._snapshots.keep(key, found)
        return found

    def snapshot_path(self, key: str) -> Path:
        """Where a snapshot lies; the file can be given to `--from`."""
        return self._contents.path(_named(key))

    def put(self, value: BaseModel | tuple[BaseModel, ...]) -> str:
        """Store a value of the domain as JSON; return its hash."""
        plain = (
            value.model_dump(mode="json")
            if isinstance(value, BaseModel)
            else [member.model_dump(mode="json") for member in value]
        )
        return self._put(gzip.compress(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS), compresslevel=1, mtime=0))

    def get(self, key: str, form: type[T]) -> T:
        """Load a value, validated anew; one that was loaded a moment ago is remembered, for it never changes.

        Raises:
            RunError: it is not there, not what was stored, or not of that form.
        """
        known = self._values.get((key, form))
        if known is not None:
            return cast("T", known)
        try:
            adapter = cast("TypeAdapter[T]", _adapter(cast("Hashable", form)))
            found = adapter.validate_json(_expanded(self._get(key)))
        except (ValidationError, zlib.error, EOFError) as error:
            raise RunError(f"what is stored as {key[:12]} cannot be read as {form}", _LOST) from error
        self._values.keep((key, form), found)
        return found

    def content(self, key: str) -> bytes:
        """Load something as it is stored, to be kept elsewhere.

        Raises:
            RunError: it is not there, or not what was stored.
        """
        return self._get(key)

    def adopt(self, key: str, content: bytes) -> None:
        """Keep what was stored elsewhere.

        Raises:
            RunError: it is not what was stored there.
        """
        if hashlib.sha256(content).hexdigest() != _named(key):
            raise RunError(f"what was stored as {key[:12]} was changed since", "Ask for it again.")
        self._contents.write(key, content)

    def _put(self, content: bytes) -> str:
        key = hashlib.sha256(content).hexdigest()
        self._contents.write(key, content)
        return key

    def _get(self, key: str) -> bytes:
        try:
            content = self._contents.read(_named(key))
        except OSError as error:
            raise RunError(f"what was stored as {key[:12]} cannot be read: {error.strerror}", _LOST) from error
        if content is None:
            raise RunError(f"what was stored as {key[:12]} is gone", _LOST)
        if hashlib.sha256(content).hexdigest() != key:
            raise RunError(f"what was stored as {key[:12]} was changed since", _LOST)
        return content


@cache
def _adapter(form: Hashable) -> TypeAdapter[object]:
    """Build what validates a form once: that takes longer than to validate."""
    return TypeAdapter(cast("type", form))


def _expanded(content: bytes) -> bytes:
    """Expand what is stored, within bounds: it may have come from elsewhere.

    Raises:
        EOFError: it ends too early, or grows too large.
        zlib.error: it is damaged.
    """
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    plain = stream.decompress(content, MOST_BYTES)
    if not stream.eof:
        raise EOFError
    return plain


def _named(key: str) -> str:
    """A hash, and nothing that leads elsewhere."""
    if not _HASH.fullmatch(key):
        raise RunError(f"{key[:80]!r} is not the name of anything stored", _LOST)
    return key


_LOST = "Start the case again; the evidence of this run is lost."
