"""Manifests and the output of `kubectl get -o json|yaml`, from a folder, a file, an archive or standard input."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.protocol import Progress, Scope, Want, silent
from cluster_doctor.sources.recorded.contents import MOST_BYTES, Contents, folder_contents, read_file
from cluster_doctor.sources.recorded.parts import RAW, Part, Parts, parts_of

SUFFIXES = frozenset({".yaml", ".yml", ".json"})

_GET_ALL = frozenset(
    {
        "Pod", "ReplicationController", "Service", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet",
        "HorizontalPodAutoscaler", "CronJob", "Job",
    }
)  # fmt: skip
"""What `kubectl get all` lists: the category `all` of Kubernetes itself."""
_SHOWS_GET_ALL = frozenset({"Pod", "ReplicaSet", "Service"})
"""Nobody lists these three together but by `kubectl get all`."""


class ObjectFiles:
    """Reads Kubernetes objects that stand in files."""

    def __init__(self, content: Path | bytes | Contents) -> None:
        """Name a file or folder, or hand over the content of one file or of an archive."""
        folder = isinstance(content, Path) and content.is_dir()
        self._content = folder_contents(content) if folder and isinstance(content, Path) else content
        place = content.place if isinstance(content, Contents) else content
        self.description = "objects from standard input" if isinstance(place, bytes) else f"objects in {place}"

    def collect(self, scope: Scope, progress: Progress = silent) -> ClusterSnapshot:
        """Read all objects; those that name no namespace get that of the scope, or `default`.

        A kind counts as read in a namespace where at least one object of it is there: `kubectl get` prints
        lists, and manifests are kept together. A single object that was fetched by name proves nothing about
        others.

        Raises:
            UnreadableInput: nothing could be read as a Kubernetes object.
        """
        progress(f"reading {self.description}")
        builder = SnapshotBuilder(self.description)
        found = list(self._parts(builder))
        parts = [part for file in found for part in file.objects]
        builder.add_all(odd for file in found for odd in file.odd)
        if not found and isinstance(self._content, Contents):
            why = "".join(f"; {gap.detail}" for gap in builder.gaps[:1])
            raise UnreadableInput(
                f"{self._content.place} holds no Kubernetes object in {', '.join(sorted(SUFFIXES))} files{why}",
                "Name a folder with manifests or `kubectl get -o json` output, or say --format.",
            )
        namespace = scope.namespaces[0] if len(scope.namespaces) == 1 else "default"
        placed = [Part(_placed(part.raw, namespace), part.listed) for part in parts]
        builder.add_all(part.raw for part in placed)
        _cover(builder, placed)
        if not any(text(part.raw, "metadata", "creationTimestamp") for part in placed):
            builder.taken_at = self._written_at()
        return builder.build()

    def fetch(
        self,
        cluster: ClusterSnapshot,
        wants: Iterable[Want],  # noqa: ARG002 - there is nothing more to read
        progress: Progress = silent,  # noqa: ARG002 - as above
    ) -> ClusterSnapshot:
        """Return the snapshot as it is: files hold what they hold."""
        return cluster

    def _parts(self, builder: SnapshotBuilder) -> Iterator[Parts]:
        if isinstance(self._content, bytes):
            yield parts_of(self._content, "standard input")
        elif isinstance(self._content, Path):
            yield parts_of(read_file(self._content), str(self._content))
        else:
            yield from _parts_in(self._content, builder)

    def _written_at(self) -> datetime | None:
        if isinstance(self._content, Path):
            return datetime.fromtimestamp(self._content.stat().st_mtime, UTC)
        return self._content.written_at if isinstance(self._content, Contents) else None


def _parts_in(contents: Contents, builder: SnapshotBuilder) -> Iterator[Parts]:
    left = MOST_BYTES
    for name in contents.names(SUFFIXES):
        left -= contents.sizes[name]
        if left < 0:
            detail = f"{name} brings what is read to more than {MOST_BYTES} bytes"
            builder.gap(Gap(kind="File", name=name, reason=GapReason.TRUNCATED, detail=detail))
            continue
        try:
            yield parts_of(contents.read(name), name)
        except UnreadableInput as error:
            builder.gap(Gap(kind="File", name=name, reason=GapReason.UNREADABLE, detail=error.what))
    for name, why in contents.left_out:
        if name.endswith(tuple(SUFFIXES)) and why != "a link":
            builder.gap(Gap(kind="File", name=name, reason=GapReason.UNREADABLE, detail=why))


def _placed(raw: RAW, namespace: str) -> RAW:
    known = BY_KIND.get(str(raw.get("kind")))
    metadata = raw.get("metadata")
    if known is None or not known.namespaced or not isinstance(metadata, dict) or metadata.get("namespace"):
        return raw
    return {**raw, "metadata": {**metadata, "namespace": namespace}}


def _cover(builder: SnapshotBuilder, parts: Iterable[Part]) -> None:
    places: dict[str, set[str]] = defaultdict(set)
    for part in parts:
        kind, namespace = text(part.raw, "kind"), text(part.raw, "metadata", "namespace")
        if part.listed:
            places[kind].add(namespace)
        else:
            builder.cover(kind, namespace, text(part.raw, "metadata", "name"))
    for kind, namespaces in places.items():
        for namespace in namespaces:
            builder.cover(kind, namespace or None)
    for namespace in set.intersection(*(places[kind] for kind in _SHOWS_GET_ALL)):
        for kind in _GET_ALL:
            builder.cover(kind, namespace)
