"""YAML and JSON as somebody wrote them: every value with the characters that it stands in.

A dump would reflow what a person laid out, so nothing is ever dumped: files are changed by splicing at these positions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*[ \t]*)+")


class Style(StrEnum):
    """How a scalar is written."""

    PLAIN = ""
    SINGLE = "'"
    DOUBLE = '"'
    LITERAL = "|"
    FOLDED = ">"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scalar:
    """A scalar, from `start` to `end`; `body` is where it begins after its anchor and tag."""

    start: int
    body: int
    end: int
    text: str
    style: Style
    tag: str | None = None
    anchor: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Alias:
    """`*name`, and what it stands for."""

    start: int
    end: int
    name: str
    target: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A key of a mapping, the end of the colon behind it, and its value."""

    key: Scalar
    colon: int
    value: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Mapping:
    """A mapping; `column` is that of its keys."""

    start: int
    body: int
    end: int
    flow: bool
    column: int
    entries: tuple[Entry, ...]
    anchor: str | None = None

    def entry(self, key: str) -> Entry | None:
        """The entry that the mapping has itself under a key."""
        return next((entry for entry in self.entries if entry.key.text == key), None)

    @property
    def merged(self) -> Iterator[Mapping]:
        """The mappings that `<<` takes in, nearest first."""
        for entry in self.entries:
            if entry.key.text == "<<" and entry.key.style is Style.PLAIN:
                whole = resolved(entry.value)
                for each in whole.items if isinstance(whole, Sequence) else (whole,):
                    found = resolved(each)
                    if isinstance(found, Mapping):
                        yield found


@dataclass(frozen=True, kw_only=True, slots=True)
class Sequence:
    """A sequence; `dashes` are where the `-` of its items stand, none in flow style."""

    start: int
    body: int
    end: int
    flow: bool
    column: int
    items: tuple[Node, ...]
    dashes: tuple[int, ...] = ()
    anchor: str | None = None


Node = Scalar | Alias | Mapping | Sequence


def resolved(node: Node) -> Scalar | Mapping | Sequence:
    """What a node stands for."""
    while isinstance(node, Alias):
        node = node.target
    return node


def children(node: Node) -> tuple[Node, ...]:
    """The values right below a node, without those behind an alias."""
    match node:
        case Mapping():
            return tuple(entry.value for entry in node.entries)
        case Sequence():
            return node.items
        case Scalar() | Alias():
            return ()


def aliases_of(node: Node, anchor: str) -> list[Alias]:
    """The aliases below a node that stand for an anchor, in the order of the text."""
    found: list[Alias] = []
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Alias) and here.name == anchor:
            found.append(here)
        waiting.extend(children(here))
    return sorted(found, key=lambda alias: alias.start)


def line_of(text: str, position: int) -> int:
    """The line of a position, from 1."""
    return text.count("\n", 0, position) + 1


def column_of(text: str, position: int) -> int:
    """The column of a position, from 0."""
    return position - (text.rfind("\n", 0, position) + 1)


def line_end(text: str, position: int) -> int:
    """Where the line of a position ends, before its line break."""
    end = text.find("\n", position)
    end = len(text) if end < 0 else end
    return end - 1 if end > position and text[end - 1] == "\r" else end


def body_of(text: str, start: int) -> int:
    """Where a value begins behind its anchor and tag."""
    found = _PROPERTIES.match(text, start)
    return found.end() if found else start


def marker(text: str, start: int, stop: int, sign: str) -> int | None:
    """Where a sign such as `-` stands between two values, comments and properties aside."""
    position = start
    while position < stop:
        here = text[position]
        if here == "#":
            position = line_end(text, position)
        elif here == sign:
            return position
        elif here in "&!":
            position = body_of(text, position)
        else:
            position += 1
    return None
