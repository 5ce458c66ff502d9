"""Reads a pasted terminal session, with whatever stands around it."""

from __future__ import annotations

from datetime import UTC, datetime

from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.kinds import kind_named
from cluster_doctor.snapshot.records import UnparsedText
from cluster_doctor.sources.terminal.command import Command
from cluster_doctor.sources.terminal.logs import read_logs
from cluster_doctor.sources.terminal.moments import Clock
from cluster_doctor.sources.terminal.partials import Partials
from cluster_doctor.sources.terminal.reader import FORBIDDEN, read_command
from cluster_doctor.sources.terminal.rows.recognise import kind_of
from cluster_doctor.sources.terminal.session import Piece, Shape, split
from cluster_doctor.sources.terminal.table import headings
from cluster_doctor.sources.terminal.top import read_top

MOST_TEXT = 4_000_000
"""Characters of a paste that are read; more is no paste."""


def parse_terminal(text: str, builder: SnapshotBuilder, *, now: datetime | None, namespace: str | None = None) -> str:
    """Read what kubectl printed into a builder, and return the prose around it.

    What was printed by a known command covers what that command reads, as far as it was printed in full
    (`Partials.flush`); a table without a command covers the objects that it shows and no more, because it
    may be an excerpt. What looks printed and cannot be read
    goes to `builder.unparsed`.

    Args:
        text: the paste: prompts, Markdown fences, colours and prose may stand in it.
        builder: where objects and records go.
        now: when it was printed. Without it, ages tell nothing.
        namespace: what commands without `-n` mean; `default` if not given.
    """
    partials = Partials()
    clock = Clock(now)
    prose: list[str] = []
    where = namespace
    for piece in split(text[:MOST_TEXT]):
        if piece.shape is Shape.PROSE:
            prose.append(piece.text)
            continue
        command = piece.command or _guess(piece)
        if piece.command and piece.command.namespace:
            where = piece.command.namespace
        if not _read(command, piece, where, partials, builder, clock):
            builder.unparsed.append(UnparsedText(origin="terminal", text=piece.text[:400], reason="not understood"))
    partials.flush(builder)
    return "\n\n".join(prose)


def _guess(piece: Piece) -> Command:
    match piece.shape:
        case Shape.TABLE:
            columns = [name for name, _ in headings(piece.text.partition("\n")[0].rstrip())]
            if "CPU(cores)" in columns:
                kind = "Node" if "CPU%" in columns or "CPU(%)" in columns else "Pod"
                return Command("top", (kind,), partial=True)
            kind = kind_of(columns)
            return Command("get", (kind,) if kind else (), partial=True)
        case Shape.DESCRIPTION:
            return Command("describe", partial=True)
        case Shape.DOCUMENT:
            return Command("get", output="yaml", partial=True)
        case _:
            return Command("get", partial=True)


def _read(
    command: Command, piece: Piece, namespace: str | None, partials: Partials, builder: SnapshotBuilder, clock: Clock
) -> bool:
    if command.namespace is None and namespace and not command.all_namespaces:
        command = command.within(namespace)
    for word, reason in FORBIDDEN.findall(piece.text):
        known = kind_named(word)
        if known:
            scope = command.namespace if known.namespaced else None
            builder.gap(Gap(kind=known.kind, namespace=scope, reason=GapReason.FORBIDDEN, detail=reason[:200]))
            return True
    if command.verb == "logs":
        log = read_logs(command, piece.text)
        if log is None:
            return False
        builder.add_log(log)
        return True
    if command.verb == "top":
        kind = command.kinds[0] if command.kinds else "Pod"
        series = read_top(piece.text, kind, command.namespace or "default", clock.now or datetime.now(UTC))
        builder.metrics += series
        return bool(series)
    if piece.shape is Shape.COMMAND and not piece.text.strip():
        return True
    return read_command(command, piece.text, partials, clock)
