"""Turns lines into templates, by the Drain algorithm, within bounds.

Reference: P. He et al., "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS 2017.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drain3.drain import Drain

MOST_TEMPLATES = 1_500
"""Templates that are learned; a line of yet another form counts as left out."""
MOST_ALARMING = 500
"""Templates more that alarming lines may have: what is wrong is mostly said last."""
_MOST_WORDS = 40
_LONGEST = 600
_REMEMBERED = 20_000
_SIMILAR = 0.5
"""Share of words that lines of one template have in common, at the least."""
_DEPTH = 5

_MASKS = {
    "time": r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?|\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b",
    "id": r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b",
    "ip": r"\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?\b",
    "hex": r"\b0x[0-9a-fA-F]+\b|\b(?=[a-f]{0,30}\d)(?=\d{0,30}[a-f])[0-9a-f]{8,64}\b",
    "n": r"(?<![\w.-])-?\d+(?:[.,]\d+)*(?=(?:[a-zµ%]{1,3})?(?![\w]))|(?<=[=:/\[(,#])\d+(?:\.\d+)*(?![\w])",
}
_MASK = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _MASKS.items()))
_FRAME = re.compile(
    r"^(?:\s|\}|\)|\]|at [\w.$<>/]+\(|\.\.\. \d+ |File \"|goroutine \d+ \[|[\w./*()-]{1,200}\(0x[0-9a-f]"
    r"|Traceback |stack backtrace:)"
)


def is_frame(text: str) -> bool:
    """Tell whether a line goes on with what the line before began: a frame of a stack, a block that is indented."""
    return not text or bool(_FRAME.match(text))


def masked(text: str) -> str:
    """Put `<…>` for what differs from one line to the next: times, addresses, identifiers, numbers."""
    return _MASK.sub(lambda found: f"<{found.lastgroup}>", text[:_LONGEST])


class TemplateMiner:
    """Learns templates from lines, one at a time, in bounded memory and time. Equal lines are learned once."""

    def __init__(self) -> None:
        """Begin with no template."""
        from drain3.drain import Drain  # noqa: PLC0415 - only who mines needs it

        self._drain: Drain = Drain(depth=_DEPTH, sim_th=_SIMILAR, param_str="<*>")
        self._known: dict[str, int] = {}

    def add(self, text: str, *, alarming: bool = False) -> int | None:
        """Learn a line; return its template's number, or None where no more templates are learned."""
        form = " ".join(masked(text).split()[:_MOST_WORDS])
        known = self._known.get(form)
        if known is not None:
            return known
        if self._drain.clusters_counter >= MOST_TEMPLATES + (MOST_ALARMING if alarming else 0):
            return None
        number = self._drain.add_log_message(form)[0].cluster_id
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[form] = number
        return number

    def template(self, number: int) -> str:
        """Write a template."""
        cluster = self._drain.id_to_cluster[number]
        return cluster.get_template() if cluster else ""
