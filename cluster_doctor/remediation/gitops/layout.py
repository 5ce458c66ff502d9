"""The habits of a file: line breaks, how far it indents, where its dashes stand. New lines follow them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from pydantic import JsonValue

from cluster_doctor.remediation.gitops.scalars import flow_text, scalar_text
from cluster_doctor.remediation.gitops.written import Mapping, Node, Scalar, Sequence, Style, children

_HEADER = re.compile(r"[|>](?:[1-9][+-]?|[+-][1-9]?)?")
_EMBEDDABLE = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]*")


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a document is laid out.

    Attributes:
        newline: its line breaks.
        step: columns from a key to the keys below it.
        dash: columns from a key to the dashes below it.
        gap: characters from a dash to what follows.
        json: whether it is JSON.
        closed: whether its last line ends with a line break, without which a literal block at the end loses its own.
    """

    newline: str = "\n"
    step: int = 2
    dash: int = 0
    gap: int = 2
    json: bool = False
    closed: bool = True


def layout_of(text: str, root: Node, *, json: bool) -> Layout:
    """Learn the layout from the first places that show it."""
    breaks = text.count("\n")
    steps, dashes, gaps = list[int](), list[int](), list[int]()
    for above, node in _collections(root):
        if isinstance(node, Mapping) and isinstance(above, Mapping):
            steps.append(node.column - above.column)
        elif isinstance(node, Sequence):
            if isinstance(above, Mapping):
                dashes.append(node.column - above.column)
            items = zip(node.dashes, node.items, strict=False)
            gaps += [item.start - dash for dash, item in items if "\n" not in text[dash : item.start]]
    return Layout(
        newline="\r\n" if breaks and text.count("\r\n") * 2 > breaks else "\n",
        step=next((step for step in steps if step > 0), 2),
        dash=next((dash for dash in dashes if dash >= 0), 0),
        gap=next((gap for gap in gaps if gap > 1), 2),
        json=json,
        closed=text.endswith("\n"),
    )


def _collections(root: Node) -> Iterator[tuple[Node | None, Mapping | Sequence]]:
    waiting: list[tuple[Node | None, Node]] = [(None, root)]
    while waiting:
        above, node = waiting.pop(0)
        if isinstance(node, Mapping | Sequence) and not node.flow:
            yield above, node
            waiting += [(node, child) for child in children(node)]


def block_lines(value: JsonValue, column: int, layout: Layout) -> list[str]:
    """Write a value in lines; the first stands where the cursor is, the others begin at their own columns."""
    match value:
        case dict() if value:
            lines = list[str]()
            for key, inner in value.items():
                first, *rest = entry_lines(key, inner, column, layout)
                lines += [" " * column * bool(lines) + first, *rest]
            return lines
        case list() if value:
            lines = []
            for item in value:
                first, *rest = item_lines(item, column, layout)
                lines += [" " * column * bool(lines) + first, *rest]
            return lines
        case str() if "\n" in value and literal_fits(value) and (layout.closed or not value.endswith("\n")):
            return literal_lines(value, column, literal_header(value, "|", layout.step))
        case _:
            return [flow_text(value, quoted=False)] if isinstance(value, dict | list) else [scalar_text(value)]


def entry_lines(key: str, value: JsonValue, column: int, layout: Layout) -> list[str]:
    """Write `key: value` in lines, where the keys of its mapping stand at a column."""
    name = scalar_text(key)
    match value:
        case dict() if value:
            inner = column + layout.step
        case list() if value:
            inner = column + layout.dash
        case _:
            first, *rest = block_lines(value, column + layout.step, layout)
            return [f"{name}: {first}", *rest]
    first, *rest = block_lines(value, inner, layout)
    return [f"{name}:", " " * inner + first, *rest]


def item_lines(value: JsonValue, column: int, layout: Layout) -> list[str]:
    """Write `- value` in lines, where the dash stands at a column."""
    first, *rest = block_lines(value, column + layout.gap, layout)
    return ["-" + " " * (layout.gap - 1) + first, *rest]


def literal_fits(text: str) -> bool:
    """Whether a text can stand as a literal block, character by character."""
    return bool(_EMBEDDABLE.fullmatch(text)) and bool(text.strip())


def literal_header(text: str, header: str, indent: int) -> str:
    """The header of a literal block that keeps a text: with `-` or `+` for its end, a digit for a blank beginning."""
    ends = len(text) - len(text.rstrip("\n"))
    chomping = {0: "-", 1: ""}.get(ends, "+")
    blank = text.lstrip("\n")[:1] in {" ", "\t"} or text.split("\n", 1)[0].isspace()
    given = re.search("[1-9]", header)
    return f"|{given.group() if given else (indent if blank else '')}{chomping}"


def literal_lines(text: str, column: int, header: str) -> list[str]:
    """Write a text as a literal block whose lines begin at a column."""
    lines = text.removesuffix("\n").split("\n")
    return [header, *(" " * column + line if line else "" for line in lines)]


def literal_again(written: str, old: Scalar, text: str, column: int) -> list[str] | None:
    """Write a literal block anew; lines that stay keep what only a person can see, blanks in empty lines.

    Returns:
        Its lines from the header on, None if the text cannot stand so.
    """
    if not literal_fits(text):
        return None
    first, *lines = written[old.body : old.end].replace("\r\n", "\n").split("\n")
    found = _HEADER.match(first)
    head = found.group() if found else "|"
    body = [line for line in lines if line.strip()]
    inner = _indent(body, head, column)
    header = literal_header(text, head, inner - column)
    before, after = old.text.removesuffix("\n").split("\n"), text.removesuffix("\n").split("\n")
    made = list[str]()
    for kind, start, stop, begin, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal" and old.style is Style.LITERAL:
            made += lines[start:stop]
        else:
            made += [" " * inner + line if line else "" for line in after[begin:end]]
    return [_same_end(head, header) + first[len(head) :], *made]


def _same_end(old: str, new: str) -> str:
    """Keep the order of digit and sign that the old header has, if both say the same."""
    return old if sorted(old) == sorted(new) else new


def _indent(body: list[str], head: str, column: int) -> int:
    digit = re.search("[1-9]", head)
    if digit or not body:
        return column + (int(digit.group()) if digit else 2)
    return len(body[0]) - len(body[0].lstrip(" "))
