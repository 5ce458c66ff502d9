"""Changes collections in block style, line by line."""

from __future__ import annotations

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.layout import Layout, block_lines, entry_lines, item_lines
from cluster_doctor.remediation.gitops.splices import Splice
from cluster_doctor.remediation.gitops.written import Entry, Mapping, Node, Sequence, line_end, line_of


def with_entry(text: str, node: Mapping, key: str, value: JsonValue, layout: Layout) -> list[Splice]:
    """Add a key behind the last one."""
    first, *rest = entry_lines(key, value, node.column, layout)
    return [_after(text, node.end, [" " * node.column + first, *rest], layout)]


def with_item(text: str, node: Sequence, value: JsonValue, layout: Layout) -> list[Splice]:
    """Add an item behind the last one."""
    first, *rest = item_lines(value, node.column, layout)
    return [_after(text, node.end, [" " * node.column + first, *rest], layout)]


def without_entry(text: str, node: Mapping, position: int) -> list[Splice]:
    """Take out the lines of a key; what stands above or below them stays."""
    entry = node.entries[position]
    return [_without(text, entry.key.start, entry.value.end)]


def without_item(text: str, node: Sequence, position: int) -> list[Splice]:
    """Take out the lines of an item."""
    return [_without(text, node.dashes[position], node.items[position].end)]


def emptied(text: str, node: Mapping | Sequence, holder: Entry | int) -> list[Splice]:
    """Write `{}` or `[]` for a collection that loses its last member.

    Args:
        text: the text.
        node: the collection.
        holder: the entry whose value it is, or the position of the dash that it follows.
    """
    sign = "{}" if isinstance(node, Mapping) else "[]"
    members = node.entries[0].key.start if isinstance(node, Mapping) else node.dashes[0]
    colon = holder.colon if isinstance(holder, Entry) else holder + 1
    if line_of(text, colon) == line_of(text, members):
        return [Splice(members, node.end, sign)]
    at = max(colon, node.body if node.body < members and line_of(text, node.body) == line_of(text, colon) else colon)
    while text[at - 1] == " ":
        at -= 1
    return [Splice(at, at, f" {sign}"), _without(text, members, node.end)]


def spread(text: str, old: Node, holder: Entry | int, value: JsonValue, column: int, layout: Layout) -> list[Splice]:
    """Write a collection in lines where a scalar, an alias or an empty collection stood.

    Args:
        text: the text.
        old: what stands there.
        holder: the entry whose value it is, or the position of the dash that it follows.
        value: the collection.
        column: where the keys or dashes of what holds it stand.
        layout: the habits of the file.
    """
    if "\n" in text[old.start : old.end]:
        raise RemediationError(
            f"line {line_of(text, old.start)}: a value of several lines cannot become a collection", "Edit it by hand."
        )
    if not isinstance(holder, Entry):
        at = max(holder + 1, old.start)
        inner = column + layout.gap if at == holder + 1 else at - (text.rfind("\n", 0, at) + 1)
        blank = " " * (layout.gap - 1) if at == holder + 1 else ""
        return [Splice(at, old.end, blank + layout.newline.join(block_lines(value, inner, layout)))]
    _, *lines = entry_lines(holder.key.text, value, column, layout)
    stop = line_end(text, old.end)
    gone = Splice(holder.colon, old.end)
    added = layout.newline + layout.newline.join(lines)
    if gone.end == stop:
        return [Splice(gone.start, stop, added)]
    return [gone, Splice(stop, stop, added)]


def _after(text: str, end: int, lines: list[str], layout: Layout) -> Splice:
    stop = line_end(text, end)
    return Splice(stop, stop, layout.newline + layout.newline.join(lines))


def _without(text: str, start: int, end: int) -> Splice:
    line, stop = text.rfind("\n", 0, start) + 1, line_end(text, end)
    if text[line:start].strip():
        rest = text[end:stop].strip()
        following = len(text) - len(text[stop:].lstrip())
        column = start - line
        if not rest and text[following - column - 1 : following].strip("\r\n") == " " * column:
            return Splice(start, following)
        return Splice(start, end)
    after = text.find("\n", stop)
    if after >= 0:
        return Splice(line, after + 1)
    before = line - 1 if line else 0
    return Splice(before - (before > 0 and text[before - 1] == "\r"), len(text))
