"""A pasted terminal session as a source."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.protocol import Progress, Scope, Want, silent
from cluster_doctor.sources.terminal.paste import MOST_TEXT, parse_terminal

_MOST_BYTES = 4 * MOST_TEXT


class TerminalText:
    """Reads what kubectl printed, with prompts, fences and prose around it."""

    def __init__(self, content: Path | bytes) -> None:
        """Name the file, or hand over its content."""
        self._content = content
        self.description = f"terminal text {content}" if isinstance(content, Path) else "terminal text"

    def collect(self, scope: Scope, progress: Progress = silent) -> ClusterSnapshot:
        """Read the text; ages count back from when the file was written, or from now.

        Raises:
            UnreadableInput: it cannot be read, is too large, or holds nothing that kubectl prints.
        """
        progress(f"reading {self.description}")
        content, written_at = self._read()
        builder = SnapshotBuilder(self.description)
        builder.taken_at = written_at
        namespace = scope.namespaces[0] if len(scope.namespaces) == 1 else None
        parse_terminal(content.decode("utf-8", "replace"), builder, now=written_at, namespace=namespace)
        cluster = builder.build()
        if not (cluster.objects or cluster.logs or cluster.metrics or cluster.coverage.lists or cluster.coverage.gaps):
            raise UnreadableInput(
                f"{self.description} holds nothing that kubectl prints",
                "Paste the output of kubectl get, describe, logs, events or top, with the commands.",
            )
        return cluster

    def fetch(
        self,
        cluster: ClusterSnapshot,
        wants: Iterable[Want],  # noqa: ARG002 - there is nothing more to read
        progress: Progress = silent,  # noqa: ARG002 - as above
    ) -> ClusterSnapshot:
        """Return the snapshot as it is: a paste holds what it holds."""
        return cluster

    def _read(self) -> tuple[bytes, datetime]:
        if isinstance(self._content, bytes):
            return self._content, datetime.now(UTC)
        try:
            state = self._content.stat()
            if state.st_size > _MOST_BYTES:
                raise UnreadableInput(
                    f"{self._content} holds {state.st_size} bytes; a paste has {_MOST_BYTES} at the most",
                    "Use `kubectl get -o json`, or a snapshot from `cluster-doctor record`.",
                )
            return self._content.read_bytes(), datetime.fromtimestamp(state.st_mtime, UTC)
        except OSError as error:
            raise UnreadableInput(
                f"could not read {self._content}: {error.strerror}", "Check the path and its rights."
            ) from error
