"""Manifests and the output of `kubectl get -o json|yaml`, from a folder, a file, an archive or standard input."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.domain.location import Location
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.collector import collector_paused
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.tables import view_of
from cluster_doctor.snapshot.unapplied import bears_trace
from cluster_doctor.sources.protocol import Progress, Scope, Want, silent
from cluster_doctor.sources.recorded.contents import (
    MOST_TOTAL,
    Contents,
    folder_contents,
    open_file,
    read_file,
    size_of,
)
from cluster_doctor.sources.recorded.extent import cover_everything, cover_lists, cover_manifests, name_unjudged
from cluster_doctor.sources.recorded.kustomization import Kustomized, read_kustomizations
from cluster_doctor.sources.recorded.large_list import UnreadableListError, begins_list, stream_list
from cluster_doctor.sources.recorded.parts import RAW, NoObjectError, Part, Parts, parts_of
from cluster_doctor.sources.recorded.reading import LARGE, CountedFile, Reading

SUFFIXES = frozenset({".yaml", ".yml", ".json"})
_START = 8192


class ObjectFiles:
    """Reads Kubernetes objects that stand in files."""

    def __init__(self, content: Path | bytes | Contents, *, whole: bool = False) -> None:
        """Name a file or folder, or hand over the content of one file or of an archive.

        Args:
            content: where the objects stand.
            whole: whether they are all that a cluster has, so that what the files do not hold is absent from it.
        """
        folder = isinstance(content, Path) and content.is_dir()
        self._content = folder_contents(content) if folder and isinstance(content, Path) else content
        self._whole = whole
        place = content.place if isinstance(content, Contents) else content
        self.description = "objects from standard input" if isinstance(place, bytes) else f"objects in {place}"

    def as_whole(self) -> ObjectFiles:
        """Return the same files as the whole of a cluster."""
        return ObjectFiles(self._content, whole=True)

    def collect(self, scope: Scope, progress: Progress = silent) -> ClusterSnapshot:
        """Read all objects; those that name no namespace get that of the scope, or `default`.

        What counts as read depends on what the files are: the whole of a cluster (`cover_everything`), lists from
        one (`cover_lists`), or manifests that no API server has seen (`cover_manifests`).

        Raises:
            NoObjectError: the files are about something else.
            UnreadableInput: nothing could be read as a Kubernetes object.
        """
        progress(f"reading {self.description}")
        with collector_paused():
            return self._collect(scope, progress)

    def _collect(self, scope: Scope, progress: Progress) -> ClusterSnapshot:
        builder = SnapshotBuilder(self.description)
        kustomized = read_kustomizations(self._content) if isinstance(self._content, Contents) else Kustomized()
        namespace = scope.namespaces[0] if len(scope.namespaces) == 1 else "default"
        placed: list[Part] = []
        lists: set[str] = set()
        is_unapplied = not self._whole
        for name, file in self._parts(builder, kustomized, progress):
            lists |= file.lists
            builder.add_all(file.odd)
            is_unapplied = is_unapplied and not any(bears_trace(part.raw) for part in file.objects)
            placed += self._place(builder, name, file.objects, kustomized.namespace_of(name) or namespace)
        if not placed and not lists and isinstance(self._content, Contents):
            why = "".join(f"; {gap.detail}" for gap in builder.gaps[:1])
            raise (UnreadableInput if why else NoObjectError)(
                f"{self._content.place} holds no Kubernetes object in {', '.join(sorted(SUFFIXES))} files{why}",
                "Name a folder with manifests or `kubectl get -o json` output, or say --format.",
            )
        if any(gap.reason is GapReason.TRUNCATED for gap in builder.gaps):
            placed = [replace(part, listed=False) for part in placed]  # what is not there may have been cut off
        builder.is_unapplied = is_unapplied
        if self._whole:
            cover_everything(builder, placed)
        elif lists or not builder.is_unapplied:
            cover_lists(builder, placed)
        else:
            cover_manifests(builder, placed, kustomized)
            name_unjudged(builder)
        if not any(text(part.raw, "metadata", "creationTimestamp") for part in placed):
            builder.taken_at = self._written_at()
        return builder.build()

    def _place(self, builder: SnapshotBuilder, name: str, parts: tuple[Part, ...], namespace: str) -> list[Part]:
        """Add the objects of a file, each in its namespace; returns them as they were admitted."""
        placed = [replace(part, raw=_placed(part.raw, namespace)) for part in parts]
        builder.add_all(part.raw for part in placed)
        for part in placed:
            self._locate(builder, name, part)
        return [replace(part, raw=_named(part.raw)) for part in placed]

    def fetch(
        self,
        cluster: ClusterSnapshot,
        wants: Iterable[Want],  # noqa: ARG002 - there is nothing more to read
        progress: Progress = silent,  # noqa: ARG002 - as above
    ) -> ClusterSnapshot:
        """Return the snapshot as it is: files hold what they hold."""
        return cluster

    def _parts(
        self, builder: SnapshotBuilder, kustomized: Kustomized, progress: Progress
    ) -> Iterator[tuple[str, Parts]]:
        if isinstance(self._content, bytes):
            yield "", parts_of(self._content, "standard input")
        elif isinstance(self._content, Path):
            yield from _parts_of_file(self._content, builder, progress)
        else:
            yield from _parts_in(self._content.watched(progress), builder, kustomized)

    def _locate(self, builder: SnapshotBuilder, name: str, part: Part) -> None:
        """Note where an object stands, as seen from the working directory; what came packed stands nowhere."""
        folder = self._content.folder if isinstance(self._content, Contents) else Path()
        if isinstance(self._content, bytes) or folder is None:
            return
        path = os.path.relpath(folder / name)
        builder.locate(view_of(part.raw).ref, Location(Path(path).as_posix(), part.line))

    def _written_at(self) -> datetime | None:
        if isinstance(self._content, Path):
            return datetime.fromtimestamp(self._content.stat().st_mtime, UTC)
        return self._content.written_at if isinstance(self._content, Contents) else None


def _parts_of_file(path: Path, builder: SnapshotBuilder, progress: Progress) -> Iterator[tuple[str, Parts]]:
    """Read a file: a large list piece by piece, and what is broken after its beginning becomes a gap."""
    with open_file(path) as file:
        size, start = size_of(file), file.read(_START)
        if size < LARGE or not begins_list(start):
            yield str(path), parts_of(read_file(path), str(path), locate=True)
            return
        file.seek(0)
        try:
            for parts in stream_list(CountedFile(file, Reading(str(path), size, progress)), start, str(path)):
                yield str(path), parts
        except UnreadableListError as error:
            if not builder.has_objects:
                raise
            builder.gap(Gap(kind="File", name=str(path), reason=GapReason.TRUNCATED, detail=error.what))


def _parts_in(contents: Contents, builder: SnapshotBuilder, kustomized: Kustomized) -> Iterator[tuple[str, Parts]]:
    left = MOST_TOTAL
    for name in contents.names(SUFFIXES):
        if name in kustomized.patches:
            continue  # a part of an object, and not one
        left -= contents.sizes[name]
        if left < 0:
            detail = f"{name} brings what is read to more than {MOST_TOTAL} bytes"
            builder.gap(Gap(kind="File", name=name, reason=GapReason.TRUNCATED, detail=detail))
            continue
        try:
            yield name, parts_of(contents.read(name), name, locate=True)
        except NoObjectError:
            continue  # values, workflows, settings: many files are YAML and no manifest
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


def _named(raw: RAW) -> RAW:
    """What is asked of an object once it was added: what it is and where; the rest may go."""
    kept = ("name", "namespace", "creationTimestamp")
    metadata: RAW = {key: text(raw, "metadata", key) for key in kept}
    return {"kind": text(raw, "kind"), "metadata": metadata}
