"""The outline that `kubectl describe` prints: entries that hold the deeper-indented lines after them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_COLON = re.compile(r":(?=\s|$)")
NOTHING = frozenset({"", "<none>", "<unset>", "<nil>", "<unknown>", "<not set>", "<no-value>"})
"""What `describe` prints where there is nothing to print."""


@dataclass(slots=True)
class Entry:
    """One line, with the lines that are indented below it. A line without `key: ` has an empty key."""

    indent: int
    text: str
    key: str
    value: str
    children: list[Entry] = field(default_factory=list)

    def __iter__(self) -> Iterator[Entry]:
        """Walk over the direct children."""
        return iter(self.children)

    def find(self, *keys: str) -> Entry | None:
        """Find the first child with one of these keys."""
        return next((child for child in self.children if child.key in keys), None)

    def get(self, *keys: str) -> str | None:
        """Read a child's value; None where it has none, or where nothing is printed."""
        found = self.find(*keys)
        return None if found is None or found.value in NOTHING else found.value

    def lines(self) -> Iterator[str]:
        """The entry's own value and all lines below it, as lines; nothing for `<none>`."""
        if self.value and self.value not in NOTHING:
            yield self.value
        for child in self.children:
            yield child.text
            if child.children:
                yield from child.below()

    def below(self) -> Iterator[str]:
        """All lines below."""
        for child in self.children:
            yield child.text
            if child.children:
                yield from child.below()


def read_outline(text: str) -> Entry:
    """Read a text as an outline; the root's children are the lines that are indented least."""
    root = Entry(-1, "", "", "")
    stack = [root]
    for line in text.split("\n"):
        body = line.strip()
        if not body:
            continue
        indent = len(line) - len(line.lstrip())
        while stack[-1].indent >= indent:
            stack.pop()
        colon = _COLON.search(body)
        if colon:
            entry = Entry(indent, body, body[: colon.start()], body[colon.end() :].strip())
        else:
            entry = Entry(indent, body, "", body)
        stack[-1].children.append(entry)
        stack.append(entry)
    return root
