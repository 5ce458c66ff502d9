"""Changes collections in flow style, which all of JSON is: `{a: 1}`, `[1, 2]`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.layout import Layout
from cluster_doctor.remediation.gitops.scalars import flow_text, json_text, scalar_text
from cluster_doctor.remediation.gitops.splices import Splice
from cluster_doctor.remediation.gitops.written import Mapping, Sequence, Style, line_end, line_of, marker

_BLANK_BEHIND = re.compile(r'":\s')


@dataclass(frozen=True)
class Flow:
    """A collection in flow style, in its text."""

    text: str
    node: Mapping | Sequence
    layout: Layout

    def with_member(self, key: str | None, value: JsonValue, *, spread: bool) -> list[Splice]:
        """Add a member at the end.

        Args:
            key: its key, None in a sequence.
            value: its value.
            spread: whether an empty collection is to be spread over lines.
        """
        spans = self.spans
        if not spans:
            return [self._into_empty(key, value, spread=spread)]
        start, end = spans[-1]
        comma = marker(self.text, end, self.node.end - 1, ",")
        tail = comma + 1 if comma is not None else end
        first = [Splice(end, end, ",")] if comma is None else []
        again = "," if comma is not None else ""
        own_line = self._indent_of(start)
        stop = line_end(self.text, tail)
        if own_line is None or stop >= self.node.end:
            blank = "" if self._tight else " "
            return _joined(first, Splice(tail, tail, f"{blank}{self._member(key, value, None)}{again}"))
        new = f"{self.layout.newline}{own_line}{self._member(key, value, own_line)}{again}"
        return _joined(first, Splice(stop, stop, new))

    def without_member(self, position: int) -> list[Splice]:
        """Take a member out, with the comma that parted it from its neighbour."""
        spans = self.spans
        start, end = spans[position]
        if len(spans) == 1:
            return [self._cut(self.node.body + 1, self.node.end - 1, (start, end))]
        if position == len(spans) - 1:
            return [self._cut(spans[position - 1][1], end, (start, end))]
        return [self._cut(start, spans[position + 1][0], (start, end))]

    def value(self, value: JsonValue, start: int, style: Style = Style.PLAIN) -> str:
        """Write a value in the place of one that begins at a position."""
        line = self.text.rfind("\n", 0, start) + 1
        indent = self.text[line:start][: len(self.text[line:start]) - len(self.text[line:start].lstrip())]
        spread = any(self._indent_of(span[0]) is not None for span in self.spans)
        return self._value(value, indent if spread else None, style)

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where the members begin and end."""
        if isinstance(self.node, Mapping):
            return [(entry.key.start, entry.value.end) for entry in self.node.entries]
        return [(item.start, item.end) for item in self.node.items]

    @property
    def quoted(self) -> bool:
        """Whether strings have double quotes throughout, as JSON has them."""
        keys = [entry.key for entry in self.node.entries] if isinstance(self.node, Mapping) else []
        return self.layout.json or (bool(keys) and all(key.style is Style.DOUBLE for key in keys))

    def _member(self, key: str | None, value: JsonValue, indent: str | None) -> str:
        written = self._value(value, indent, Style.PLAIN)
        if key is None:
            return written
        name = scalar_text(key, Style.DOUBLE if self.quoted else Style.PLAIN, flow=True)
        return f"{name}:{'' if self._tight else ' '}{written}"

    @property
    def _tight(self) -> bool:
        """Whether JSON is written without blanks behind colons and commas."""
        return self.layout.json and not _BLANK_BEHIND.search(self.text)

    def _value(self, value: JsonValue, indent: str | None, style: Style) -> str:
        if not isinstance(value, dict | list):
            return scalar_text(value, Style.DOUBLE if self.quoted else style, flow=True)
        if indent is None or not self.layout.json or not value:
            return flow_text(value, quoted=self.quoted)
        lines = json_text(value, self._step).split("\n")
        return f"{self.layout.newline}{indent}".join(lines)

    def _into_empty(self, key: str | None, value: JsonValue, *, spread: bool) -> Splice:
        start, end = self.node.body + 1, self.node.end - 1
        if not spread:
            return Splice(start, end, self._member(key, value, None))
        outer = self._line_indent(self.node.start)
        inner, line = outer + self._step, self.layout.newline
        return Splice(start, end, f"{line}{inner}{self._member(key, value, inner)}{line}{outer}")

    @property
    def _step(self) -> str:
        """What one level is indented by, learnt from the first line that is."""
        for line in self.text.splitlines():
            blank = line[: len(line) - len(line.lstrip())]
            if blank and line.strip():
                return blank
        return "  "

    def _indent_of(self, start: int) -> str | None:
        """What stands before a member on its line, if that is blank."""
        before = self.text[self.text.rfind("\n", 0, start) + 1 : start]
        return before if not before.strip() and "\n" in self.text[self.node.start : start] else None

    def _line_indent(self, position: int) -> str:
        line = self.text[self.text.rfind("\n", 0, position) + 1 : line_end(self.text, position)]
        return line[: len(line) - len(line.lstrip())]

    def _cut(self, start: int, end: int, member: tuple[int, int]) -> Splice:
        around = self.text[start : max(start, member[0])] + self.text[min(end, member[1]) : end]
        if "#" in around:
            raise RemediationError(
                f"line {line_of(self.text, start)}: a comment stands between the members", "Edit it by hand."
            )
        return Splice(start, end)


def _joined(first: list[Splice], second: Splice) -> list[Splice]:
    """Join splices at one position, whose order would be lost."""
    if first and first[0].end == second.start:
        return [Splice(second.start, second.end, first[0].becomes + second.becomes)]
    return [*first, second]
