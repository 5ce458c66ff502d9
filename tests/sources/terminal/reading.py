"""What the tests of this folder share: reading one text, and picking the object out."""

from __future__ import annotations

import textwrap
from datetime import UTC, datetime

from pydantic import JsonValue

from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.terminal.command import parse_command
from cluster_doctor.sources.terminal.moments import Clock
from cluster_doctor.sources.terminal.partials import Partials
from cluster_doctor.sources.terminal.reader import read_command

NOW = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)


def snapshot(*printed: tuple[str, str]) -> ClusterSnapshot:
    """Read commands with their outputs."""
    partials = Partials()
    for line, output in printed:
        command = parse_command(line)
        assert command is not None, line
        assert read_command(command, textwrap.dedent(output), partials, Clock(NOW)), line
    builder = SnapshotBuilder("test")
    builder.taken_at = NOW
    partials.flush(builder)
    return builder.build()


def read(line: str, output: str) -> list[dict[str, JsonValue]]:
    """Read one command's output into objects."""
    return list(snapshot((line, output)).objects)


def only(line: str, output: str, kind: str) -> dict[str, JsonValue]:
    """Read one command's output and return its only object of a kind."""
    found = [raw for raw in read(line, output) if raw["kind"] == kind]
    assert len(found) == 1
    return found[0]
