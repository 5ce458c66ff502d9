"""What reads a recording that holds what it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.collector import collector_paused
from cluster_doctor.snapshot.records import ContainerLog
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod
from cluster_doctor.sources.protocol import Progress, Scope, Want, silent
from cluster_doctor.sources.recorded.contents import LOG_TAIL, Contents
from cluster_doctor.sources.recorded.parts import Parts, parts_of

LOG_LINES = 2_000
"""Lines of a log that are kept, from its end."""


class Recording:
    """A source that is read once, whole; the scope does not narrow it, because relations lead out of any scope."""

    def __init__(self, description: str, read: Callable[[Progress], ClusterSnapshot]) -> None:
        """Name it, and say how it is read."""
        self.description = description
        self._read = read

    def collect(
        self,
        scope: Scope,  # noqa: ARG002 - read whole, as the class says
        progress: Progress = silent,
    ) -> ClusterSnapshot:
        """Read the recording.

        Raises:
            UnreadableInput: nothing in it could be read.
        """
        progress(f"reading {self.description}")
        with collector_paused():
            return self._read(progress)

    def fetch(
        self,
        cluster: ClusterSnapshot,
        wants: Iterable[Want],  # noqa: ARG002 - there is nothing more to read
        progress: Progress = silent,  # noqa: ARG002 - as above
    ) -> ClusterSnapshot:
        """Return the snapshot as it is."""
        return cluster


def read_list(
    contents: Contents, name: str, builder: SnapshotBuilder, kind: str, namespace: str | None, *, whole: bool = True
) -> Parts | None:
    """Read a file that holds one list of a kind, and declare it read; what is broken becomes a gap.

    Args:
        contents: the recording.
        name: the file.
        builder: where the objects go.
        kind: what the list holds.
        namespace: where they live.
        whole: whether the list is all there was; else only what it names counts as read.
    """
    try:
        parts = parts_of(contents.read(name), name, kind)
    except UnreadableInput as error:
        builder.gap(Gap(kind=kind or "File", namespace=namespace, reason=GapReason.UNREADABLE, detail=error.what))
        return None
    builder.add_all(part.raw for part in parts.objects)
    builder.add_all(parts.odd)
    if whole and parts.lists:
        builder.cover(kind, namespace)
    else:
        for part in parts.objects:
            builder.cover(kind, namespace, Pod(part.raw).name)
    return parts


def add_log(
    builder: SnapshotBuilder, place: tuple[str, str, str], content: bytes | str, *, previous: bool = False
) -> None:
    """Add a container's log and declare it read.

    Args:
        builder: where it goes.
        place: namespace, Pod and container.
        content: the log; its end is kept.
        previous: whether it is that of the instance before the current one.
    """
    namespace, pod, container = place
    written = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
    lines = written.splitlines()
    cut = len(content) >= LOG_TAIL
    if cut and len(lines) > 1:
        del lines[0]  # the end of a longer log begins within a line
    builder.cover("Log", namespace, pod)
    if lines:
        builder.add_log(
            ContainerLog(
                subject=Pod.ref_to(namespace, pod),
                container=container,
                previous=previous,
                lines=tuple(lines[-LOG_LINES:]),
                truncated=cut or len(lines) > LOG_LINES,
            )
        )


def log_gap(builder: SnapshotBuilder, pod: ObjectRef, detail: str) -> None:
    """Declare that a log could not be read when the recording was made."""
    forbidden = "forbidden" in detail.lower()
    builder.gap(
        Gap(
            kind="Log",
            namespace=pod.namespace,
            name=pod.name,
            reason=GapReason.FORBIDDEN if forbidden else GapReason.NOT_RECORDED,
            detail=detail.strip()[:300],
        )
    )
