"""The file form of a snapshot: one gzip-compressed JSON document.

The document names its form, its version and the SHA-256 of its body, so that a file from another program, from
a later version, or damaged on its way is told apart from one that merely holds little. The same snapshot always
gives the same bytes: keys are sorted, and the gzip header carries no time.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
import zlib
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, cast

import orjson
from pydantic import BaseModel, ConfigDict, Field, JsonValue, SkipValidation, ValidationError

from cluster_doctor.domain.coverage import Coverage, Gap
from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.snapshot.records import (
    Alert,
    CallEdge,
    ConnectionProbe,
    ContainerLog,
    MetricSeries,
    NodeService,
    UnparsedText,
)
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

FORM = "cluster-doctor/snapshot"
VERSION = 1
MOST_BYTES = 512 * 1024 * 1024
"""What a file may expand to; a snapshot of 5,000 Pods is about 40 MB."""

_MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 18
_AGAIN = "Take the snapshot again with `cluster-doctor record -o FILE`."


class RecordedCoverage(BaseModel):
    """`Coverage` with its sets in order."""

    model_config = ConfigDict(extra="forbid")

    lists: list[str] = []
    names: list[str] = []
    gaps: list[Gap] = []


class SnapshotBody(BaseModel):
    """What a snapshot holds."""

    model_config = ConfigDict(extra="forbid")

    taken_at: datetime
    source: str = ""
    server_version: str = ""
    identity: ClusterIdentity | None = None
    coverage: RecordedCoverage = RecordedCoverage()
    objects: list[Annotated[dict[str, object], SkipValidation]] = Field(
        default=[], description="Kubernetes objects as received, redacted; a Secret has `keys` and `facts`, no `data`."
    )
    declared: list[Annotated[dict[str, object], SkipValidation]] = Field(
        default=[], description="Manifests of what somebody wanted, redacted; the cluster need not have it."
    )
    logs: list[ContainerLog] = []
    metrics: list[MetricSeries] = []
    alerts: list[Alert] = []
    node_services: list[NodeService] = []
    connection_probes: list[ConnectionProbe] = []
    call_edges: list[CallEdge] = []
    unparsed: list[UnparsedText] = []
    is_unapplied: bool = Field(default=False, description="Whether the objects are manifests that nobody has applied.")


class SnapshotDocument(BaseModel):
    """The document in a snapshot file. `sha256` is that of `body` as JSON with sorted keys and no spaces."""

    model_config = ConfigDict(extra="forbid")

    form: Literal["cluster-doctor/snapshot"]
    version: Literal[1]
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    body: SnapshotBody


def snapshot_bytes(cluster: ClusterSnapshot) -> bytes:
    """Write a snapshot in its file form."""
    body = _canonical(_body(cluster))
    rest = _canonical({"form": FORM, "version": VERSION, "sha256": hashlib.sha256(body).hexdigest()})
    return gzip.compress(b'{"body":%b,%b' % (body, rest[1:]), compresslevel=3, mtime=0)  # as sorted keys would have it


def write_snapshot(cluster: ClusterSnapshot, path: str | os.PathLike[str]) -> Path:
    """Write a snapshot to a file, which only its owner may read; an existing file is replaced at once or not at all."""
    target = Path(path)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as part:
        try:
            part.write(snapshot_bytes(cluster))
            part.flush()
            Path(part.name).replace(target)
        finally:
            Path(part.name).unlink(missing_ok=True)
    return target


def read_snapshot(source: str | os.PathLike[str] | bytes, *, limit: int = MOST_BYTES) -> ClusterSnapshot:
    """Load a snapshot from a file or from its bytes.

    Args:
        source: path or content.
        limit: bytes that the content may expand to.

    Raises:
        UnreadableInput: it is no snapshot file, of an unknown version, damaged, or expands beyond the limit.
    """
    if isinstance(source, bytes):
        return _read(source, "the snapshot", limit)
    path = Path(source)
    try:
        if path.stat().st_size > limit:
            raise UnreadableInput(f"{path} is larger than {limit} bytes", "Record a smaller scope, with -n NAMESPACE.")
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableInput(f"could not read {path}: {error.strerror}", "Check the path and its rights.") from error
    return _read(content, str(path), limit)


def looks_like_snapshot(start: bytes) -> bool:
    """Tell a snapshot file from other gzip files by the first few hundred bytes."""
    if not start.startswith(_MAGIC):
        return False
    try:
        head = zlib.decompressobj(wbits=31).decompress(start, 64)
    except zlib.error:
        return False
    return head.startswith(b'{"body":')


def _read(content: bytes, name: str, limit: int) -> ClusterSnapshot:
    text = _expand(content, name, limit)
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UnreadableInput(f"{name} holds no JSON document: {error}", _AGAIN) from error
    if not isinstance(document, dict) or document.get("form") != FORM:
        raise UnreadableInput(f"{name} is a gzip file, but no snapshot of cluster-doctor", "Check the path.")
    if document.get("version") != VERSION:
        raise UnreadableInput(
            f"{name} is a snapshot of version {document.get('version')!r}; this program reads version {VERSION}",
            "Read it with the cluster-doctor that wrote it, or a later one.",
        )
    body = document.get("body")
    if hashlib.sha256(_canonical(body)).hexdigest() != document.get("sha256"):
        raise UnreadableInput(f"{name} was changed after it was written: its content hash does not match", _AGAIN)
    try:
        return _snapshot(SnapshotBody.model_validate(body))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UnreadableInput(f"{name} is no valid snapshot: {where}: {first['msg']}", _AGAIN) from error


def _expand(content: bytes, name: str, limit: int) -> bytes:
    if not content.startswith(_MAGIC):
        raise UnreadableInput(f"{name} is not gzip-compressed, so it is no snapshot file", "Check the path.")
    stream = zlib.decompressobj(wbits=31)
    parts: list[bytes] = []
    size = 0
    pending = content
    try:
        while pending and not stream.eof:
            part = stream.decompress(pending, _CHUNK)
            size += len(part)
            if size > limit:
                raise UnreadableInput(f"{name} expands to more than {limit} bytes", "Do not trust its origin.")
            parts.append(part)
            pending = stream.unconsumed_tail
    except zlib.error as error:
        raise UnreadableInput(f"{name} is damaged: {error}", _AGAIN) from error
    if not stream.eof:
        raise UnreadableInput(f"{name} is cut off: its end is missing", _AGAIN)
    if stream.unused_data:
        raise UnreadableInput(f"{name} is damaged: something follows its end", _AGAIN)
    return b"".join(parts)


def _canonical(value: object) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONEncodeError, RecursionError):
        return orjson.dumps(_representable(value), option=orjson.OPT_SORT_KEYS)


def _representable(value: object) -> object:
    """Make odd values representable: lone surrogates, whole numbers beyond 64 bits, keys that are no strings."""
    match value:
        case dict():
            return {str(_representable(key)): _representable(member) for key, member in value.items()}
        case list() | tuple():
            return [_representable(member) for member in value]
        case str():
            return value.encode("utf-8", "replace").decode()
        case bool():
            return value
        case int() if not -(2**63) <= value < 2**64:
            return str(value)
        case int() | float() | None:
            return value
        case _:
            return str(value)


def _body(cluster: ClusterSnapshot) -> dict[str, object]:
    coverage = cluster.coverage
    return {
        "taken_at": cluster.taken_at.isoformat(),
        "source": cluster.source,
        "server_version": cluster.server_version,
        "identity": cluster.identity.model_dump(mode="json") if cluster.identity else None,
        "coverage": {
            "lists": sorted(coverage.lists),
            "names": sorted(coverage.names),
            "gaps": [gap.model_dump(mode="json") for gap in coverage.gaps],
        },
        "objects": list(cluster.objects),
        "declared": list(cluster.declared),
        "is_unapplied": cluster.is_unapplied,
        **{
            part: [record.model_dump(mode="json") for record in records]
            for part, records in (
                ("logs", cluster.logs),
                ("metrics", cluster.metrics),
                ("alerts", cluster.alerts),
                ("node_services", cluster.node_services),
                ("connection_probes", cluster.connection_probes),
                ("call_edges", cluster.call_edges),
                ("unparsed", cluster.unparsed),
            )
        },
    }


def _snapshot(body: SnapshotBody) -> ClusterSnapshot:
    objects = [raw for raw in body.objects if isinstance(raw, dict)]
    return ClusterSnapshot(
        taken_at=body.taken_at,
        objects=cast("list[dict[str, JsonValue]]", objects),
        declared=cast("list[dict[str, JsonValue]]", [raw for raw in body.declared if isinstance(raw, dict)]),
        coverage=Coverage(
            lists=frozenset(body.coverage.lists),
            names=frozenset(body.coverage.names),
            gaps=tuple(body.coverage.gaps),
        ),
        identity=body.identity,
        logs=body.logs,
        metrics=body.metrics,
        alerts=body.alerts,
        node_services=body.node_services,
        connection_probes=body.connection_probes,
        call_edges=body.call_edges,
        unparsed=body.unparsed,
        server_version=body.server_version,
        source=body.source,
        is_unapplied=body.is_unapplied,
    )
