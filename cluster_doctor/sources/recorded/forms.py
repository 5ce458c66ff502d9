"""The recorded forms that hold many files, as sources."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.opsbench.layout import ANSWERS, STATES, recording_of
from cluster_doctor.sources.opsbench.source import build
from cluster_doctor.sources.protocol import Progress
from cluster_doctor.sources.recorded.cluster_dump import read_dump, read_dump_stream
from cluster_doctor.sources.recorded.contents import Contents, folder_contents, open_file, size_of
from cluster_doctor.sources.recorded.must_gather import read_must_gather
from cluster_doctor.sources.recorded.reading import CountedFile, Reading
from cluster_doctor.sources.recorded.recording import Recording
from cluster_doctor.sources.recorded.support_bundle import read_support_bundle


def cluster_dump(content: Path | bytes | Contents, name: str) -> Recording:
    """A `kubectl cluster-info dump`: a folder, an archive, or what it printed."""
    if isinstance(content, Path) and content.is_dir():
        return _of_files(folder_contents(content), "cluster-info dump", read_dump)
    if isinstance(content, Contents):
        return _of_files(content, "cluster-info dump", read_dump)
    description = f"cluster-info dump {name}"

    def read(progress: Progress) -> ClusterSnapshot:
        builder = SnapshotBuilder(description)
        with io.BytesIO(content) if isinstance(content, bytes) else open_file(content) as file:
            read_dump_stream(CountedFile(file, Reading(name, size_of(file), progress)), name, builder)
        return builder.build()

    return Recording(description, read)


def must_gather(contents: Contents) -> Recording:
    """What `oc adm must-gather` wrote."""
    return _of_files(contents, "must-gather", read_must_gather)


def support_bundle(contents: Contents) -> Recording:
    """A support bundle of troubleshoot.sh."""
    return _of_files(contents, "support bundle", read_support_bundle)


def opsbench_root(contents: Contents) -> str | None:
    """Find the folder of a Cloud-OpsBench recording; None unless there is exactly one."""
    roots = {
        name.removesuffix(part)
        for name in contents.sizes
        for part in (STATES, ANSWERS)
        if f"/{name}".endswith(f"/{part}")
    }
    return roots.pop() if len(roots) == 1 else None


def opsbench_files(contents: Contents) -> Recording:
    """A Cloud-OpsBench recording in an archive."""
    root = opsbench_root(contents)
    description = f"Cloud-OpsBench recording {contents.place}"

    def read(progress: Progress) -> ClusterSnapshot:
        del progress
        if root is None:
            raise UnreadableInput(f"{contents.place} holds no single recording", "Name the folder of one case.")
        found = recording_of(
            lambda name: contents.read(root + name) if root + name in contents.sizes else b"", contents.place
        )
        return build(found, description)

    return Recording(description, read)


def _of_files(contents: Contents, form: str, read_files: Callable[[Contents, SnapshotBuilder], None]) -> Recording:
    description = f"{form} {contents.place}"

    def read(progress: Progress) -> ClusterSnapshot:
        builder = SnapshotBuilder(description)
        read_files(contents.watched(progress), builder)
        if not builder.has_objects and not builder.logs:
            why = "".join(f": {gap.detail}" for gap in builder.gaps[:1])
            raise UnreadableInput(f"{description} holds no Kubernetes object that can be read{why}", "Make it again.")
        for name, reason in contents.left_out:
            if reason not in {"not text", "a link"}:
                builder.gap(Gap(kind="File", name=name, reason=GapReason.UNREADABLE, detail=reason))
        return builder.build()

    return Recording(description, read)
