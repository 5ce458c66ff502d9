"""Turns one change of a value into splices of the text that it stands in."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops import block
from cluster_doctor.remediation.gitops.difference import Difference, value_below
from cluster_doctor.remediation.gitops.flow import Flow
from cluster_doctor.remediation.gitops.layout import Layout, block_lines, literal_again, literal_fits
from cluster_doctor.remediation.gitops.scalars import number_again, scalar_text
from cluster_doctor.remediation.gitops.splices import Splice
from cluster_doctor.remediation.gitops.written import (
    Alias,
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Style,
    aliases_of,
    line_of,
)


@dataclass(frozen=True)
class Held:
    """A node, the collection that holds it, and where: its entry, or its position in a sequence."""

    node: Node
    above: Mapping | Sequence | None = None
    place: Entry | int | None = None

    @property
    def holder(self) -> Entry | int:
        """The entry, or where the dash stands."""
        if isinstance(self.place, int) and isinstance(self.above, Sequence):
            return self.above.dashes[self.place]
        if isinstance(self.place, Entry):
            return self.place
        raise RemediationError("the whole document cannot be replaced", "Edit it by hand.")


def splices_for(
    text: str, root: Node, change: Difference, wanted: JsonValue, layout: Layout
) -> tuple[Difference, list[Splice]]:
    """Find the splices that make one change.

    Where the way leads through an alias or `<<`, the place gets a value of its own, and whatever else uses the anchor
    keeps what it has; the change then is a larger one, and is returned as such.

    Args:
        text: the text.
        root: the document in it.
        change: the change, by its path in the document.
        wanted: the document's value once all is done.
        layout: the habits of the file.

    Raises:
        RemediationError: it cannot be made without touching something else.
    """
    held, way = Held(root), list[Held]()
    for depth, part in enumerate(change.path):
        node = held.node
        if isinstance(node, Alias):
            own = Difference(change.path[:depth], value_below(wanted, change.path[:depth]))
            return own, _Writer(text, root, layout).replaced(held, own.becomes)
        way.append(held)
        match node, part:
            case (Mapping(), str()):
                entry = node.entry(part)
                if entry is None:
                    return _into_mapping(_Writer(text, root, layout), way, change, depth, wanted)
                held = Held(entry.value, node, entry)
            case (Sequence(), int()):
                if part == len(node.items):
                    return change, _Writer(text, root, layout).with_member(way[-1], None, change.becomes)
                held = Held(node.items[part], node, part)
            case _:
                raise RemediationError(f"line {line_of(text, node.start)}: {change} does not lie here")
    writer = _Writer(text, root, layout)
    if change.gone:
        return change, writer.without(way[-1], held)
    return change, writer.replaced(held, change.becomes)


def _into_mapping(
    writer: _Writer, way: list[Held], change: Difference, depth: int, wanted: JsonValue
) -> tuple[Difference, list[Splice]]:
    path = change.path[: depth + 1]
    if change.gone and depth == len(change.path) - 1:
        raise RemediationError(
            f"{change} comes from a merge key (`<<`), and a merge key takes nothing away",
            "Write the mapping out by hand, without the field.",
        )
    own = Difference(path, value_below(wanted, path))
    return own, writer.with_member(way[-1], str(path[-1]), own.becomes)


class _Writer:
    def __init__(self, text: str, root: Node, layout: Layout) -> None:
        self._text = text
        self._root = root
        self._layout = layout

    def with_member(self, held: Held, key: str | None, value: JsonValue) -> list[Splice]:
        node = held.node
        if not isinstance(node, Mapping | Sequence):
            raise self._impossible(node, "is no collection")
        if not node.flow:
            if isinstance(node, Mapping) and key is not None:
                return block.with_entry(self._text, node, key, value, self._layout)
            if isinstance(node, Sequence):
                return block.with_item(self._text, node, value, self._layout)
        empty = not (node.entries if isinstance(node, Mapping) else node.items)
        if empty and held.above and not held.above.flow and not self._layout.json and not node.anchor:
            return self._spread(held, {key: value} if key is not None else [value])
        lines = self._layout.json and "\n" in self._text.strip()
        return Flow(self._text, node, self._layout).with_member(key, value, spread=empty and lines)

    def without(self, above: Held, held: Held) -> list[Splice]:
        node, place = above.node, held.place
        if isinstance(held.node, Scalar | Mapping | Sequence) and held.node.anchor:
            self._alone(held.node)
        if isinstance(node, Mapping) and isinstance(place, Entry):
            position, count = node.entries.index(place), len(node.entries)
        elif isinstance(node, Sequence) and isinstance(place, int):
            position, count = place, len(node.items)
        else:
            raise self._impossible(node, "is no collection")
        if node.flow:
            return Flow(self._text, node, self._layout).without_member(position)
        if count == 1:
            return block.emptied(self._text, node, above.holder)
        if isinstance(node, Mapping):
            return block.without_entry(self._text, node, position)
        return block.without_item(self._text, node, position)

    def replaced(self, held: Held, value: JsonValue) -> list[Splice]:
        node, above = held.node, held.above
        if above is None:
            raise self._impossible(node, "is the whole document")
        if above.flow:
            return self._in_flow(held, above, value)
        if isinstance(value, dict | list) and value:
            self._alone(node)
            return self._spread(held, value)
        if isinstance(node, Mapping | Sequence) and not node.flow:
            raise self._impossible(node, "is a collection, and a single value cannot take its place")
        if isinstance(node, Scalar):
            return self._scalar(held, node, value)
        self._alone(node)
        return [Splice(node.start, node.end, scalar_text(value))]

    def _in_flow(self, held: Held, above: Mapping | Sequence, value: JsonValue) -> list[Splice]:
        node = held.node
        style = node.style if isinstance(node, Scalar) and isinstance(value, str) else Style.PLAIN
        written = Flow(self._text, above, self._layout).value(value, node.start, style)
        if style is not Style.PLAIN:
            written = scalar_text(value, style, flow=True)
        if isinstance(node, Scalar):
            written = number_again(value, node) if isinstance(value, int) else written
            return self._put(held, node, written)
        self._alone(node)
        return [Splice(node.start, node.end, written)]

    def _scalar(self, held: Held, node: Scalar, value: JsonValue) -> list[Splice]:
        column = held.above.column if held.above else 0
        if isinstance(value, str):
            lines = None
            if node.style in {Style.LITERAL, Style.FOLDED}:
                lines = literal_again(self._text, node, value, column)
            elif "\n" in value and literal_fits(value) and node.style is Style.PLAIN:
                lines = block_lines(value, column + self._layout.step, self._layout)
            if lines is not None:
                self._alone(node)
                return [Splice(node.body, node.end, self._blank(held, node) + self._layout.newline.join(lines))]
        style = node.style if isinstance(value, str) else Style.PLAIN
        written = number_again(value, node) if isinstance(value, int) else scalar_text(value, style)
        return self._put(held, node, written)

    def _put(self, held: Held, node: Scalar, written: str) -> list[Splice]:
        """Put a scalar in the place of one; an anchor that others use moves to the first of them, with its value."""
        users = aliases_of(self._root, node.anchor) if node.anchor else []
        if not users:
            return [Splice(node.body, node.end, self._blank(held, node) + written)]
        kept = self._text[node.start : node.end]
        if "\n" in kept:
            raise self._shared(node)
        return [Splice(node.start, node.end, written), Splice(users[0].start, users[0].end, kept)]

    def _spread(self, held: Held, value: JsonValue) -> list[Splice]:
        column = held.above.column if held.above else 0
        return block.spread(self._text, held.node, held.holder, value, column, self._layout)

    def _blank(self, held: Held, node: Scalar) -> str:
        """The blank between a colon or dash and what comes into an empty place."""
        return " " if held.above and node.start == node.end else ""

    def _alone(self, node: Node) -> None:
        if not isinstance(node, Alias) and node.anchor and aliases_of(self._root, node.anchor):
            raise self._shared(node)

    def _shared(self, node: Scalar | Mapping | Sequence) -> RemediationError:
        lines = ", ".join(str(line_of(self._text, user.start)) for user in aliases_of(self._root, node.anchor or ""))
        return RemediationError(
            f"line {line_of(self._text, node.start)}: others use &{node.anchor} (line {lines}) and would change too",
            "Give this place a value of its own by hand.",
        )

    def _impossible(self, node: Node, why: str) -> RemediationError:
        return RemediationError(f"line {line_of(self._text, node.start)}: what stands there {why}", "Edit it by hand.")
