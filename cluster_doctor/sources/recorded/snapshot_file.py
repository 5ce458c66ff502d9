"""A snapshot file as a source."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cluster_doctor.snapshot.file import read_snapshot
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.protocol import Progress, Scope, Want, silent


class SnapshotFile:
    """Reads a snapshot that `cluster-doctor record` wrote."""

    def __init__(self, content: Path | bytes) -> None:
        """Name the file, or hand over its content."""
        self._content = content
        self.description = f"snapshot {content}" if isinstance(content, Path) else "snapshot from standard input"

    def collect(self, scope: Scope, progress: Progress = silent) -> ClusterSnapshot:  # noqa: ARG002 - the file is whole
        """Load the file; the scope does not narrow it, because relations lead out of any scope.

        Raises:
            UnreadableInput: the file is no snapshot, or a damaged one.
        """
        progress(f"reading {self.description}")
        return read_snapshot(self._content)

    def fetch(
        self,
        cluster: ClusterSnapshot,
        wants: Iterable[Want],  # noqa: ARG002 - there is nothing more to read
        progress: Progress = silent,  # noqa: ARG002 - as above
    ) -> ClusterSnapshot:
        """Return the snapshot as it is: a recording holds what it holds."""
        return cluster


class TakenSnapshot:
    """A snapshot in memory as a source."""

    def __init__(self, cluster: ClusterSnapshot) -> None:
        """Hold a snapshot."""
        self._cluster = cluster
        self.description = cluster.source or "a snapshot"

    def collect(self, scope: Scope, progress: Progress = silent) -> ClusterSnapshot:  # noqa: ARG002 - it is whole
        """Return the snapshot."""
        return self._cluster

    def fetch(
        self,
        cluster: ClusterSnapshot,
        wants: Iterable[Want],  # noqa: ARG002 - there is nothing more to read
        progress: Progress = silent,  # noqa: ARG002 - as above
    ) -> ClusterSnapshot:
        """Return the snapshot as it is."""
        return cluster
