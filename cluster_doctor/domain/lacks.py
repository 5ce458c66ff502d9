"""Why a rule could not judge: kinds and records that nobody read, or another reason in words."""

from __future__ import annotations

LEFT_OUT = "left out on request"


def written(lacks: set[str]) -> str:
    """All that a rule lacked, on one line."""
    return ", ".join(sorted(lacks))


def unread(lacked: str) -> list[str]:
    """The kinds and records that nobody read; their names have no blanks."""
    return [part for part in lacked.split(", ") if " " not in part]


def reasons(lacked: str) -> list[str]:
    """What else there is."""
    return [part for part in lacked.split(", ") if " " in part]
