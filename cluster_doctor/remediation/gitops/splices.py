"""Replaces parts of a text by their positions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Splice:
    """Characters `start` to `end` become others."""

    start: int
    end: int
    becomes: str = ""


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """Make splices that do not overlap.

    Raises:
        ValueError: two of them overlap.
    """
    parts, last = list[str](), 0
    for splice in sorted(splices):
        if splice.start < last:
            raise ValueError("splices overlap")
        parts += [text[last : splice.start], splice.becomes]
        last = splice.end
    return "".join([*parts, text[last:]])
