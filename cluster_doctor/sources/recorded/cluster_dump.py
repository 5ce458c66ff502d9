"""What `kubectl cluster-info dump` writes, into a folder or as one stream.

The layout is that of kubectl's `clusterinfo_dump.go`: the nodes, then for each namespace seven lists and the
logs of its Pods. Nothing else is in it: no ConfigMaps, no claims, no StatefulSets.
"""

from __future__ import annotations

import re

from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.views import Pod
from cluster_doctor.sources.recorded.contents import Contents
from cluster_doctor.sources.recorded.parts import Parts, parts_of
from cluster_doctor.sources.recorded.recording import add_log, log_gap, read_list

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
_START = re.compile(r"^==== START logs for container (\S+) of pod ([^/\s]+)/(\S+) ====\n", re.MULTILINE)
_FAILED = re.compile(r"(?:Create log request|Request log) error: (.+)")


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
            _read_logs(contents.read(name).decode("utf-8", "replace"), builder)


def read_dump_stream(content: bytes, name: str, builder: SnapshotBuilder) -> None:
    """Read the stream.

    Raises:
        UnreadableInput: none of its lists can be read.
    """
    rest = _read_logs(content.decode("utf-8", "replace"), builder)
    pending: list[Parts] = []
    broken = "it is empty" if not rest.strip() else ""
    for document in re.split(r"^(?=\{$)", rest, flags=re.MULTILINE):
        if not document.strip():
            continue
        try:
            parts = parts_of(document.encode("utf-8", "replace"), name)
        except UnreadableInput as error:
            broken = error.what
            continue
        if parts.lists & {"Event", "Node"}:
            _flush(pending, builder)
        builder.add_all(part.raw for part in parts.objects)
        builder.add_all(parts.odd)
        pending.append(parts)
    _flush(pending, builder)
    if broken:
        if not builder.has_objects:
            raise UnreadableInput(f"{name} is no dump that can be read: {broken}", "Was it cut off? Make it again.")
        builder.gap(Gap(kind="File", name=name, reason=GapReason.TRUNCATED, detail=broken))


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


def _read_logs(written: str, builder: SnapshotBuilder) -> str:
    """Read the blocks of logs, and return what stands around them."""
    around: list[str] = []
    position = 0
    while found := _START.search(written, position):
        around.append(written[position : found.start()])
        container, namespace, pod = found.groups()
        end = written.find(f"==== END logs for container {container} of pod {namespace}/{pod} ====\n", found.end())
        stop = end if end >= 0 else len(written)
        block = written[found.end() : stop]
        failed = _FAILED.fullmatch(block.strip())
        if failed:
            log_gap(builder, Pod.ref_to(namespace, pod), failed[1])
        else:
            add_log(builder, (namespace, pod, container), block)
        position = written.find("\n", stop) + 1 if end >= 0 else len(written)
    around.append(written[position:])
    return "".join(around)
