"""Reads a text into written values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.written import (
    Alias,
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Style,
    body_of,
    column_of,
    line_of,
    marker,
)

if TYPE_CHECKING:
    from ruamel.yaml.events import Event, MappingStartEvent, ScalarEvent, SequenceStartEvent

DEEPEST = 100
"""Levels that a document may be nested."""

LONGEST = 1 << 20
"""Characters of a document that is edited; ruamel.yaml's parser is exact, not fast."""

_BLANK_TAIL = re.compile(r"(?:\r?\n[ \t]*)+\Z")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def parse(text: str) -> list[Node]:
    """Read the documents of a text; an empty one is a null.

    Raises:
        RemediationError: it is neither YAML nor JSON, or is built in a way that cannot be edited safely.
    """
    if len(text) > LONGEST:
        raise RemediationError(
            f"a document of {len(text)} characters is too long to be edited; {LONGEST} are the most", "Edit it by hand."
        )
    return _Builder(text).documents()


def is_json(text: str) -> bool:
    """Whether a text is JSON."""
    if text.lstrip()[:1] not in {"{", "["}:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


class _Builder:
    def __init__(self, text: str) -> None:
        self._text = text
        self._json = is_json(text)
        self._anchors: dict[str, Node] = {}
        self._events: Iterator[Event] = iter(())
        self._depth = 0

    def documents(self) -> list[Node]:
        from ruamel.yaml import YAML, events  # noqa: PLC0415 - only those who edit pay for it
        from ruamel.yaml.error import YAMLError  # noqa: PLC0415 - as above

        # YAML allows no tabs between tokens, JSON does; spaces in their place keep every position.
        readable = _without_tabs(self._text) if self._json else self._text
        found: list[Node] = []
        try:
            self._events = iter(YAML(typ="safe", pure=True).parse(readable))
            for event in self._events:
                if isinstance(event, events.DocumentStartEvent):
                    self._anchors = {}
                    found.append(self._node(next(self._events)))
        except YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f" at line {mark.line + 1}" if mark else ""
            problem = getattr(error, "problem", None) or str(error).splitlines()[0]
            raise RemediationError(f"it is no YAML{where}: {problem}", "Repair it, or edit it by hand.") from error
        return found

    def _node(self, event: Event) -> Node:
        from ruamel.yaml import events  # noqa: PLC0415 - loaded already

        self._depth += 1
        if self._depth > DEEPEST:
            raise RemediationError(f"it nests more than {DEEPEST} levels", "Edit it by hand.")
        start = event.start_mark.index
        match event:
            case events.AliasEvent():
                target = self._anchors.get(event.anchor)
                if target is None:
                    raise self._refused(start, f"*{event.anchor} stands for nothing above it")
                node: Node = Alias(start=start, end=event.end_mark.index, name=event.anchor, target=target)
            case events.ScalarEvent():
                node = self._scalar(event)
            case events.MappingStartEvent():
                node = self._mapping(event)
            case events.SequenceStartEvent():
                node = self._sequence(event)
            case _:
                raise self._refused(start, f"{type(event).__name__} is not expected here")
        self._depth -= 1
        if not isinstance(node, Alias) and node.anchor:
            self._anchors[node.anchor] = node
        return node

    def _scalar(self, event: ScalarEvent) -> Scalar:
        start, end = event.start_mark.index, event.end_mark.index
        style = Style(event.style or "")
        body = body_of(self._text, start) if event.anchor or event.tag else start
        if style in {Style.LITERAL, Style.FOLDED}:
            header = self._text[body : self._text.find("\n", body)].partition("#")[0]
            tail = _BLANK_TAIL.search(self._text, body, end)
            if tail:
                end = self._text.rfind("\n", body, end) if "+" in header else tail.start()
                end -= self._text[end - 1] == "\r"
        text = json.loads(self._text[body:end]) if self._json and style is Style.DOUBLE else event.value
        return Scalar(
            start=start, body=min(body, end), end=end, text=text, style=style, tag=event.tag, anchor=event.anchor
        )

    def _mapping(self, event: MappingStartEvent) -> Mapping:
        from ruamel.yaml import events  # noqa: PLC0415 - loaded already

        start, entries, seen = event.start_mark.index, list[Entry](), set[str]()
        last = start + bool(event.flow_style)
        for inner in self._events:
            if isinstance(inner, events.MappingEndEvent):
                end = inner.end_mark.index if event.flow_style else last
                break
            key = self._node(inner)
            if not isinstance(key, Scalar):
                raise self._refused(key.start, "a key that is no plain word cannot be edited around")
            if marker(self._text, last, key.start, "?") is not None:
                raise self._refused(key.start, f"key {key.text!r} is written with `?`, which cannot be edited around")
            if key.text in seen:
                raise self._refused(key.start, f"key {key.text!r} stands there twice")
            seen.add(key.text)
            value = self._node(next(self._events))
            found = marker(self._text, key.end, max(value.start, key.end + 1), ":")
            colon = key.end if found is None else found + 1
            entries.append(Entry(key=key, colon=colon, value=_moved(value, colon)))
            last = entries[-1].value.end
        body = body_of(self._text, start) if event.anchor or event.tag else start
        column = column_of(self._text, entries[0].key.start) if entries else 0
        return Mapping(
            start=start,
            body=body,
            end=end,
            flow=bool(event.flow_style),
            column=column,
            entries=tuple(entries),
            anchor=event.anchor,
        )

    def _sequence(self, event: SequenceStartEvent) -> Sequence:
        from ruamel.yaml import events  # noqa: PLC0415 - loaded already

        start, items, dashes = event.start_mark.index, list[Node](), list[int]()
        last = start
        for inner in self._events:
            if isinstance(inner, events.SequenceEndEvent):
                end = inner.end_mark.index if event.flow_style else last
                break
            item = self._node(inner)
            if not event.flow_style:
                dash = marker(self._text, last, max(item.start, last + 1), "-")
                if dash is None:
                    raise self._refused(item.start, "the `-` of an item cannot be found")
                dashes.append(dash)
                item = _moved(item, dash + 1)
            items.append(item)
            last = item.end
        return Sequence(
            start=start,
            body=body_of(self._text, start) if event.anchor or event.tag else start,
            end=end,
            flow=bool(event.flow_style),
            column=column_of(self._text, dashes[0]) if dashes else 0,
            items=tuple(items),
            dashes=tuple(dashes),
            anchor=event.anchor,
        )

    def _refused(self, position: int, why: str) -> RemediationError:
        return RemediationError(f"line {line_of(self._text, position)}: {why}", "Edit it by hand.")


def _moved(node: Node, position: int) -> Node:
    """Put a value that is not written at all right behind its colon or dash; the parser puts it further on."""
    if isinstance(node, Scalar) and node.start == node.end:
        return replace(node, start=position, body=position, end=position)
    return node


def _without_tabs(text: str) -> str:
    parts, last = [], 0
    for string in _STRING.finditer(text):
        parts += [text[last : string.start()].replace("\t", " "), string.group()]
        last = string.end()
    return "".join([*parts, text[last:].replace("\t", " ")])
