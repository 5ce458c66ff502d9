"""Lines of text for a person at a terminal, and how each is meant."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from cluster_doctor.reports.plain import one_line


class Tone(StrEnum):
    """How a line is meant, for those who paint it."""

    HEADING = "heading"
    BAD = "bad"
    GOOD = "good"
    UNSURE = "unsure"
    COMMAND = "command"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report."""

    text: str
    tone: Tone = Tone.PLAIN


def wrap(text: str, width: int, lead: str = "", tone: Tone = Tone.PLAIN) -> Iterator[Line]:
    """Break text into lines of a width; nothing in it can steer a terminal."""
    wrapped = textwrap.wrap(
        one_line(text),
        width,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in wrapped:
        yield Line(line, tone)
