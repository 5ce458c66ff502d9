"""A pasted text, taken apart: commands with their output, printed objects without a command, and prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from cluster_doctor.sources.terminal.command import Command, parse_command
from cluster_doctor.sources.terminal.table import is_header

_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_PROMPT = re.compile(
    r"^(?P<prompt>\s*(?:\S*\s?\S*[$#%>\u276f\u279c\u00bb]\s+)?)(?P<command>(?:sudo )?(?:kubectl|oc|k|kubecolor) \S.*)$"
)
_BARE_PROMPT = re.compile(r"^\s*(?:\S+@\S+[^$#]*[$#%\u276f\u279c\u00bb]|[$\u276f\u279c])(?: .*)?$")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_NAME = re.compile(r"^Name:\s+\S")
_DESCRIBED = re.compile(
    r"^(?:Namespace|Labels|Roles|Priority|CreationTimestamp|StorageClass|IsDefaultClass|Resource):?\s"
)
_DOCUMENT = re.compile(r'^(?:apiVersion: |kind: [A-Z]|\{\s*$|\{\s*"(?:apiVersion|kind)")')


class Shape(StrEnum):
    """What a piece of a pasted text is."""

    COMMAND = "command"
    TABLE = "table"
    DESCRIPTION = "description"
    DOCUMENT = "document"
    NOTICE = "notice"
    PROSE = "prose"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece; a command has what it printed as text."""

    shape: Shape
    text: str
    command: Command | None = None


def clean(text: str) -> str:
    """Take out what terminals and editors put in: colours, carriage returns, other spaces."""
    text = _ESCAPE.sub("", text)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").replace("\x00", "")


def split(text: str) -> Iterator[Piece]:
    """Split a pasted text.

    A command's output ends at the next prompt or at the end of its code fence. Without a command, a table
    begins at its header and ends at a blank line; a description begins at `Name:` and ends before prose.
    """
    lines = clean(text).split("\n")
    position = 0
    prose: list[str] = []
    while position < len(lines):
        line = lines[position]
        prompted = _prompted(line)
        if prompted:
            end = _end_of_output(lines, position + 1)
            yield from _prose(prose)
            yield Piece(Shape.COMMAND, "\n".join(unwrap(lines[position + 1 : end])), prompted)
            position = end
            continue
        shape = _shape(lines, position)
        if shape is Shape.PROSE:
            if not _FENCE.match(line):
                prose.append(line)
            position += 1
            continue
        end = _end_of_print(lines, position, shape)
        yield from _prose(prose)
        block = lines[position:end]
        yield Piece(shape, "\n".join(unwrap(block) if shape is Shape.TABLE else block))
        position = end
    yield from _prose(prose)


def _prose(lines: list[str]) -> Iterator[Piece]:
    text = "\n".join(lines).strip()
    lines.clear()
    if text:
        yield Piece(Shape.PROSE, text)


def _prompted(line: str) -> Command | None:
    match = _PROMPT.match(line.rstrip())
    return parse_command(match["command"]) if match else None


def _shape(lines: list[str], position: int) -> Shape:
    line = lines[position]
    if is_header(line.rstrip()) and (len(line.split()) > 1):
        return Shape.TABLE
    if _NAME.match(line) and any(_DESCRIBED.match(later) for later in lines[position + 1 : position + 4]):
        return Shape.DESCRIPTION
    if _DOCUMENT.match(line) and any('kind"' in later or later.startswith("kind:") for later in lines[position:][:40]):
        return Shape.DOCUMENT
    if line.startswith(("No resources found", "Error from server (")):
        return Shape.NOTICE
    return Shape.PROSE


def _end_of_output(lines: list[str], start: int) -> int:
    for position in range(start, len(lines)):
        line = lines[position]
        if _FENCE.match(line) or _prompted(line) or _BARE_PROMPT.match(line):
            return position
    return len(lines)


def _end_of_print(lines: list[str], start: int, shape: Shape) -> int:
    for position in range(start + 1, len(lines)):
        line = lines[position]
        if _FENCE.match(line) or _PROMPT.match(line) or shape is Shape.NOTICE:
            return position
        if not line.strip():
            if shape is Shape.TABLE:
                return position
            if shape is Shape.DESCRIPTION and not _goes_on(lines, position):
                return position
    return len(lines)


def _goes_on(lines: list[str], blank: int) -> bool:
    """Tell whether a description goes on behind a blank line: with a key, an indented or an underlined line."""
    later = next((line for line in lines[blank + 1 :] if line.strip()), "")
    return bool(
        re.match(r"\s|[A-Z][\w ]{0,40}:(?:\s|$)|Data$|BinaryData$|[\w.-]+:$|[\w.-]+:\s+\d+ bytes$", later)
    ) and (not _NAME.match(later))


def unwrap(lines: list[str]) -> list[str]:
    """Join the rows of a table that a narrow terminal broke.

    It was broken where the header is followed by more headings; then every line as long as the widest one
    goes on in the next.
    """
    if len(lines) < 2 or not is_header(lines[0].rstrip()) or not _is_rest_of_header(lines[1]):
        return lines
    width = max(len(line) for line in lines)
    joined: list[str] = []
    going_on = False
    for line in lines:
        if going_on:
            joined[-1] += line
        else:
            joined.append(line)
        going_on = len(line) == width
    return joined


def _is_rest_of_header(line: str) -> bool:
    return bool(re.fullmatch(r"\s*[A-Z][A-Z-]*(?:\s+[A-Z][A-Z()-]*)*\s*", line)) and not is_header(line.rstrip())
