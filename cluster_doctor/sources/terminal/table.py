"""Tables as kubectl prints them: columns that begin where their headings begin."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

Row = Mapping[str, str]

_HEADING = re.compile(r"\S+(?: \S+)*")
_HEADER = re.compile(r" *[A-Z][A-Z0-9()/%#-]*(?:\(\w+\))?(?: {1,}[A-Z][A-Z0-9()/%#-]*(?:\(\w+\))?)* *")
_GAP = re.compile(r" {2,}|\t+")


def is_header(line: str) -> bool:
    """Tell whether a line is a row of headings: words in capitals, `NAME` or `LAST SEEN` or `NAMESPACE` first."""
    return line.lstrip().startswith(("NAME", "LAST SEEN", "POD ")) and bool(_HEADER.fullmatch(line))


@lru_cache(maxsize=512)
def headings(line: str) -> tuple[tuple[str, int], ...]:
    """Split a header into headings and the offsets at which their columns begin."""
    return tuple((match.group(), match.start()) for match in _HEADING.finditer(line))


def cut(line: str, columns: tuple[tuple[str, int], ...]) -> dict[str, str]:
    """Cut a line into cells: at the columns' offsets where its words keep to them, else by where words must belong.

    Printed tables get edited: a name that was shortened, masked or replaced shifts what stands behind it in its
    line. Empty cells leave nothing to count, so that the shift has to be found.
    """
    cells = [(match.group(), match.start()) for match in _HEADING.finditer(line)]
    starts = [start for _, start in columns]
    known = set(starts)
    if all(start in known or start > starts[-1] for _, start in cells):
        ends = [*starts[1:], len(line)]
        return {name: line[start:end].strip() for (name, start), end in zip(columns, ends, strict=True)}
    if len(cells) > len(columns):
        parts = _GAP.split(line.strip(), maxsplit=len(columns) - 1)
        if len(parts) != len(columns):
            parts = line.split(maxsplit=len(columns) - 1)
        return {name: part.strip() for (name, _), part in zip(columns, parts, strict=False)}
    places = range(len(columns)) if len(cells) == len(columns) else _places([start for _, start in cells], starts)
    found = dict(zip(places, (text for text, _ in cells), strict=True))
    return {name: found.get(position, "") for position, (name, _) in enumerate(columns)}


def _places(cells: list[int], starts: list[int]) -> tuple[int, ...]:
    """Assign cells to columns, in order, so that the shift against the columns' offsets changes least often."""
    best: dict[int, tuple[float, tuple[int, ...]]] = {
        column: (0.0 if cells[0] == starts[column] else 1.0 + column, (column,)) for column in range(len(starts))
    }
    for position, start in enumerate(cells[1:], 1):
        step: dict[int, tuple[float, tuple[int, ...]]] = {}
        for column in range(position, len(starts)):
            shift = start - starts[column]
            step[column] = min(
                (cost + _change(shift - (cells[position - 1] - starts[before])), (*path, column))
                for before, (cost, path) in best.items()
                if before < column
            )
        best = step
    return min(best.values())[1]


def _change(difference: int) -> float:
    """What a change of the shift costs: one, and a little more the larger it is."""
    return 1 + abs(difference) / 1000 if difference else 0.0


def read_table(text: str) -> Iterator[Row]:
    """Yield the rows of one or more tables; a blank line or a new header begins the next table.

    Lines that stand before the first header are left out.
    """
    columns: tuple[tuple[str, int], ...] = ()
    for line in text.split("\n"):
        if not line or line.isspace():
            continue
        if is_header(line):
            columns = headings(line.rstrip())
        elif columns:
            yield cut(line, columns)
