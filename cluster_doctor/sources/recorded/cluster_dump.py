"""What `kubectl cluster-info dump` writes, into a folder or as one stream.

The layout is that of kubectl's `clusterinfo_dump.go`: the nodes, then for each namespace seven lists and the
logs of its Pods. Nothing else is in it: no ConfigMaps, no claims, no StatefulSets.
"""

from __future__ import annotations

import io
import re
from collections import deque
from typing import Protocol

from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.views import Pod
from cluster_doctor.sources.recorded.contents import MOST_BYTES, Contents
from cluster_doctor.sources.recorded.parts import Parts, parts_of
from cluster_doctor.sources.recorded.recording import LOG_LINES, add_log, log_gap, read_list

KINDS = {
    "events": "Event",
    "replication-controllers": "ReplicationController",
    "services": "Service",
    "daemonsets": "DaemonSet",
    "deployments": "Deployment",
    "replicasets": "ReplicaSet",
    "pods": "Pod",
}
_LIST = re.compile(rf"(?P<root>(?:.*/)?)(?P<namespace>[^/]+)/(?P<list>{'|'.join(KINDS)})\.(?:json|yaml)")
_NODES = re.compile(r"(?P<root>(?:.*/)?)nodes\.(?:json|yaml)")
_LOGS = re.compile(r"(?P<root>(?:.*/)?)(?P<namespace>[^/]+)/(?P<pod>[^/]+)/logs\.txt")
_START = re.compile(rb"==== START logs for container (\S+) of pod ([^/\s]+)/(\S+) ====")
_FAILED = re.compile(r"(?:Create log request|Request log) error: (.+)")


class Lines(Protocol):
    """A file that is read line by line."""

    def readline(self) -> bytes:
        """Read a line; nothing is left when it is empty."""


def root_of(contents: Contents) -> str | None:
    """Find the folder that kubectl wrote to; None if there is none."""
    roots = {found["root"] for name in contents.sizes if (found := _NODES.fullmatch(name))}
    lists = {
        found["root"]
        for name in contents.sizes
        if (found := _LIST.fullmatch(name)) and found["list"] in {"pods", "events"}
    }
    return min(roots & lists, default=None)


def is_dump_stream(start: bytes) -> bool:
    """Tell the stream by its beginning: it opens with the nodes, printed over several lines."""
    return re.match(rb'\s*\{\s*\n\s+"kind": "NodeList"', start) is not None


def read_dump(contents: Contents, builder: SnapshotBuilder) -> None:
    """Read a folder."""
    root = root_of(contents) or ""
    for name in sorted(contents.sizes):
        if (listed := _LIST.fullmatch(name)) and listed["root"] == root:
            read_list(contents, name, builder, KINDS[listed["list"]], listed["namespace"])
        elif (nodes := _NODES.fullmatch(name)) and nodes["root"] == root:
            read_list(contents, name, builder, "Node", None)
        elif (logs := _LOGS.fullmatch(name)) and logs["root"] == root:
            _read_logs(io.BytesIO(contents.read(name)), builder)


def read_dump_stream(file: Lines, name: str, builder: SnapshotBuilder) -> None:
    """Read the stream, one list or log after the other.

    Raises:
        UnreadableInput: none of its lists can be read.
    """
    pending: list[Parts] = []
    document = bytearray()
    broken: list[str] = []
    while line := file.readline():
        if found := _START.match(line):
            _read_log(found, file, builder)
            continue
        if b"\x00" in line or len(document) > MOST_BYTES:
            broken.append("it holds bytes that are no text, or a list of absurd size")
            document.clear()
            break
        document += line
        if line.rstrip() == b"}":
            _take(bytes(document), name, builder, pending, broken)
            document.clear()
    if document.strip():
        _take(bytes(document), name, builder, pending, broken)
    _flush(pending, builder)
    if broken or not builder.has_objects:
        why = broken[-1] if broken else "it is empty"
        if not builder.has_objects:
            raise UnreadableInput(f"{name} is no dump that can be read: {why}", "Was it cut off? Make it again.")
        builder.gap(Gap(kind="File", name=name, reason=GapReason.TRUNCATED, detail=why))


def _take(document: bytes, name: str, builder: SnapshotBuilder, pending: list[Parts], broken: list[str]) -> None:
    """Add the list that a document holds; the next Events or Nodes begin another namespace."""
    try:
        parts = parts_of(document, name)
    except UnreadableInput as error:
        broken.append(error.what)
        return
    if parts.lists & {"Event", "Node"}:
        _flush(pending, builder)
    builder.add_all(part.raw for part in parts.objects)
    builder.add_all(parts.odd)
    pending.append(parts)


def _flush(pending: list[Parts], builder: SnapshotBuilder) -> None:
    """Declare the lists of one namespace read; an empty list does not say where, but its neighbours do."""
    namespaces = {text(part.raw, "metadata", "namespace") for parts in pending for part in parts.objects}
    for parts in pending:
        for kind in parts.lists:
            if kind == "Node":
                builder.cover(kind)
            elif len(namespaces) == 1 and (namespace := next(iter(namespaces))):
                builder.cover(kind, namespace)
    pending.clear()


def _read_logs(file: Lines, builder: SnapshotBuilder) -> None:
    """Read the blocks of logs of one file."""
    while line := file.readline():
        if found := _START.match(line):
            _read_log(found, file, builder)


def _read_log(start: re.Match[bytes], file: Lines, builder: SnapshotBuilder) -> None:
    """Read a block from the line after its first one; its last line may follow the log without a break."""
    container, namespace, pod = (part.decode("utf-8", "replace") for part in start.groups())
    end = f"==== END logs for container {container} of pod {namespace}/{pod} ====".encode()
    lines: deque[bytes] = deque(maxlen=LOG_LINES + 1)
    while line := file.readline():
        at = line.find(end)
        lines.append(line if at < 0 else line[:at])
        if at >= 0:
            break
    block = b"".join(lines).decode("utf-8", "replace")
    failed = _FAILED.fullmatch(block.strip())
    if failed:
        log_gap(builder, Pod.ref_to(namespace, pod), failed[1])
    else:
        add_log(builder, (namespace, pod, container), block)
