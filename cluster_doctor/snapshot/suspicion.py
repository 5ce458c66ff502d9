"""Tells quickly what need not be searched for credentials, which is nearly everything."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain

from cluster_doctor.snapshot.credentials import COMMAND, assigns, name_start
from cluster_doctor.snapshot.hints import Hints, shapes
from cluster_doctor.snapshot.secret_names import names_credential, names_key

_HIDDEN = re.compile(r"\bkind\\*[\"']?\s*:\s*\\*[\"']?Secret\b")
_NAME = re.compile(r"[\w.-]*")
_WORDY = re.compile(r'"[a-z0-9./-]{0,15}"|"[a-z./-]*"|\{|\[[{\]]')
_GIVEN = '"value":'


def suspicious_lines(lines: Sequence[str]) -> set[int]:
    """Number the lines of a log that may hold a credential, much faster than reading each of them."""
    whole = "\n".join(lines)
    if whole.count("\n") != len(lines) - 1:
        return set(range(len(lines)))  # a line that is several would shift the count
    hints = Hints(whole)
    ends = list(accumulate(len(line) + 1 for line in lines))
    found: set[int] = set()
    for start, _ in hints.names():
        at = bisect_right(ends, start)
        if at not in found and assigns(whole, start):
            found.add(at)
    for position in chain(shapes(whole), hints.commands()):
        found.add(bisect_right(ends, position))
    return found


def is_suspicious(document: str) -> bool:
    """Tell whether an object, written as JSON without spaces, may hold a credential or a copy of a Secret."""
    if ("Secret" in document and _HIDDEN.search(document)) or next(shapes(document), None) is not None:
        return True
    hints = Hints(document)
    if not hints:
        return False
    for start, end in hints.names():
        name = _name_at(document, start)
        flag = document.startswith("-", document.rfind('"', 0, start) + 1)
        if (
            flag
            or name.startswith("-")
            or names_credential(name)
            or (names_key(name) and not _WORDY.match(document, end))
        ):
            return True
    if next(hints.commands(), None) is not None and COMMAND.search(document):
        return True
    return any(names_credential(name) or names_key(name) for name in _variables(document, hints))


def _name_at(document: str, position: int) -> str:
    """The name, or the flag with its dashes, that a position lies in."""
    found = _NAME.match(document, name_start(document, position))
    return found[0] if found else ""


def _variables(document: str, hints: Hints) -> Iterator[str]:
    """What the variables with a piece of a credential's name are called to which the object gives values."""
    if _GIVEN not in document:
        return
    for start, end in hints.stems():
        begin = document.rfind('"', 0, start) + 1
        if document.startswith('"name":', begin - 8) or document.startswith('"key":', begin - 7):
            close = document.find('"', end)
            opened, closed = document.rfind('{"', 0, begin), document.find('"}', close)
            if _GIVEN in document[opened:begin] or _GIVEN in document[close:closed]:
                yield document[begin:close]
