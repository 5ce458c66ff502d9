"""A run as it happens: how each node stands, how long it took, and what it is at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cluster_doctor.domain.node_name import NodeName
from cluster_doctor.domain.progress import ProgressKind, ProgressNote
from cluster_doctor.reports.lines import Line, Tone
from cluster_doctor.reports.plain import one_line

_WORKS, _NOT_YET, _EARLIER, _WAITS = "works", "", "done before", "waits"
_TONES = {"done": Tone.GOOD, _WORKS: Tone.HEADING, "failed": Tone.BAD, _WAITS: Tone.UNSURE}
_NODES = list(NodeName)


@dataclass(slots=True)
class _Row:
    state: str = _NOT_YET
    began: datetime | None = None
    spent: timedelta | None = None
    step: str = ""

    def took(self, now: datetime) -> str:
        """How long it has worked, without what it waited; empty if it has not begun."""
        if self.spent is None:
            return ""
        spent = self.spent + (now - self.began if self.began else timedelta())
        return f"{max(spent.total_seconds(), 0):.1f} s"


class RunView:
    """What is known of a run's nodes so far."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._rows = {node: _Row() for node in _NODES}
        self._run_id = ""
        self._at: NodeName | None = None

    def hear(self, note: ProgressNote) -> None:
        """Take in what is told."""
        self._run_id = note.run_id or self._run_id
        match note.kind:
            case ProgressKind.NODE_BEGAN:
                self._begin(_node_of(note.node), note)
            case ProgressKind.NODE_ENDED:
                self._end(self._rows[_node_of(note.node)], note)
            case ProgressKind.STEP:
                if self._at:
                    self._rows[self._at].step = one_line(note.text)
            case ProgressKind.DONE:
                pass

    def lines(self, now: datetime, width: int) -> Iterator[Line]:
        """One line for each node; none of them is wider than the terminal."""
        if self._run_id:
            yield Line(f"run {self._run_id}"[:width])
        for node, row in self._rows.items():
            line = f"  {node.value:<10} {row.state:<11} {row.took(now):>8}  {row.step}".rstrip()
            yield Line(line if len(line) <= width else f"{line[: width - 1]}~", _TONES.get(row.state, Tone.PLAIN))

    def _begin(self, node: NodeName, note: ProgressNote) -> None:
        if self._at is None:
            for earlier in _NODES[: _NODES.index(node)]:
                self._rows[earlier].state = _EARLIER
        row = self._rows[node]
        row.state, row.began, row.spent, self._at = _WORKS, note.at, row.spent or timedelta(), node
        row.step = note.node if note.node != node else row.step

    def _end(self, row: _Row, note: ProgressNote) -> None:
        row.state = note.text if note.text in _TONES else _WAITS
        row.spent = (row.spent or timedelta()) + (note.at - row.began if row.began else timedelta())
        row.began = None


def _node_of(name: str) -> NodeName:
    """The node that a name belongs to; those inside of the last one have names of their own."""
    return NodeName(name) if name in _NODES else NodeName.REMEDIATE
