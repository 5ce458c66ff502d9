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
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.tables import view_of
from cluster_doctor.snapshot.unapplied import bears_trace
from cluster_doctor.sources.protocol import Progress, Scope, Want, silent
from cluster_doctor.sources.recorded.contents import MOST_BYTES, Contents, folder_contents, read_file
from cluster_doctor.sources.recorded.extent import cover_everything, cover_lists, cover_manifests, name_unjudged
from cluster_doctor.sources.recorded.kustomization import Kustomized, read_kustomizations
from cluster_doctor.sources.recorded.parts import RAW, NoObjectError, Part, Parts, parts_of

SUFFIXES = frozenset({".yaml", ".yml", ".json"})


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
        builder = SnapshotBuilder(self.description)
        kustomized = read_kustomizations(self._content) if isinstance(self._content, Contents) else Kustomized()
        found = list(self._parts(builder, kustomized))
        builder.add_all(odd for _, file in found for odd in file.odd)
        if not found and isinstance(self._content, Contents):
            why = "".join(f"; {gap.detail}" for gap in builder.gaps[:1])
            raise (UnreadableInput if why else NoObjectError)(
                f"{self._content.place} holds no Kubernetes object in {', '.join(sorted(SUFFIXES))} files{why}",
                "Name a folder with manifests or `kubectl get -o json` output, or say --format.",
            )
        namespace = scope.namespaces[0] if len(scope.namespaces) == 1 else "default"
        placed = []
        for name, file in found:
            for part in file.objects:
                raw = _placed(part.raw, kustomized.namespace_of(name) or namespace)
                placed.append(replace(part, raw=raw))
                builder.add(raw)
                self._locate(builder, name, placed[-1])
        builder.is_unapplied = not self._whole and not any(bears_trace(part.raw) for part in placed)
        if self._whole:
            cover_everything(builder, placed)
        elif any(file.lists for _, file in found) or not builder.is_unapplied:
            cover_lists(builder, placed)
        else:
            cover_manifests(builder, placed, kustomized)
            name_unjudged(builder)
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

    def _parts(self, builder: SnapshotBuilder, kustomized: Kustomized) -> Iterator[tuple[str, Parts]]:
        if isinstance(self._content, bytes):
            yield "", parts_of(self._content, "standard input")
        elif isinstance(self._content, Path):
            yield str(self._content), parts_of(read_file(self._content), str(self._content), locate=True)
        else:
            yield from _parts_in(self._content, builder, kustomized)

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


def _parts_in(contents: Contents, builder: SnapshotBuilder, kustomized: Kustomized) -> Iterator[tuple[str, Parts]]:
    left = MOST_BYTES
    for name in contents.names(SUFFIXES):
        if name in kustomized.patches:
            continue  # a part of an object, and not one
        left -= contents.sizes[name]
        if left < 0:
            detail = f"{name} brings what is read to more than {MOST_BYTES} bytes"
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
