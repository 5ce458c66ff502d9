"""How much room text takes, and where it is broken.

There is no font to ask, so the widest that is common is assumed.
"""

from __future__ import annotations

import re
import unicodedata

_SLIM, _NARROW, _BROAD = "iljI.,:;'|! ", 'ftrJ()[]/\\-"`*', "mwMW@%&—…"
_EMOJI = 0x1F000
_LONGEST = 600
"""Letters that are looked at: more than any card shows."""
_PARTS = re.compile(r"[^\s./:,=_@-]*[./:,=_@-]|[^\s./:,=_@-]+")


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a line is at the most, in the unit of the font's size."""
    return sum(map(_letter, text)) * size * (1.0 if bold else 0.9)


def broken(text: str, room: float, size: float, *, bold: bool = False, most: int = 3) -> tuple[str, ...]:
    """Break text into lines that fit; in words only where a word is wider than a line. What is too long is cut."""
    lines: list[str] = []
    line = ""
    for word in _words(text[:_LONGEST]):
        for part in _pieces(word, room, size, bold=bold):
            if line and width_of(line + part, size, bold=bold) > room:
                lines.append(line.rstrip())
                line = part.lstrip()
            else:
                line += part
        if len(lines) > most:
            break
    lines.append(line.rstrip())
    if len(lines) <= most:
        return tuple(lines)
    last = lines[most - 1]
    while last and width_of(f"{last}…", size, bold=bold) > room:
        last = last[:-1]
    return (*lines[: most - 1], f"{last}…")


def _words(text: str) -> list[str]:
    """Words, each with the space before it."""
    return re.findall(r"\s*\S+", text)


def _pieces(word: str, room: float, size: float, *, bold: bool) -> list[str]:
    """A word, in pieces if it is wider than a line: after punctuation where there is any."""
    if width_of(word.strip(), size, bold=bold) <= room:
        return [word]
    pieces: list[str] = []
    space = word[: len(word) - len(word.lstrip())]
    for part in _PARTS.findall(word.strip()):
        at = most = 0
        while at < len(part):
            most = at + 1
            while most < len(part) and width_of(part[at : most + 1], size, bold=bold) <= room:
                most += 1
            pieces.append(part[at:most])
            at = most
    return [space + pieces[0], *pieces[1:]] if pieces else [word]


def _letter(letter: str) -> float:
    """The width of one letter in parts of the font's size."""
    if letter in _SLIM:
        return 0.4
    if letter in _NARROW:
        return 0.53
    if letter in _BROAD:
        return 1.1
    if unicodedata.east_asian_width(letter) in "WF" or ord(letter) > _EMOJI:
        return 1.3
    if not letter.isascii():
        return 1.0
    return 0.82 if letter.isupper() else 0.74
