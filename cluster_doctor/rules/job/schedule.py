"""Cron expressions, as the CronJob controller reads them (github.com/robfig/cron, standard parser)."""

from __future__ import annotations

import re

_FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")),
    ("day of week", 0, 6, ("sun", "mon", "tue", "wed", "thu", "fri", "sat")),
)
_MACROS = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})


def schedule_problem(schedule: str) -> str:
    """Say what is wrong with a schedule; empty if nothing is."""
    text = re.sub(r"^(?:CRON_)?TZ=\S+\s+", "", schedule.strip())
    if text in _MACROS or re.fullmatch(r"@every (?:\d+(?:\.\d+)?(?:ns|us|ms|s|m|h))+", text):
        return ""
    fields = text.split()
    if len(fields) != len(_FIELDS):
        return f"{len(fields)} fields instead of {len(_FIELDS)}"
    for value, (name, low, high, names) in zip(fields, _FIELDS, strict=True):
        if not all(_part_is_valid(part, low, high, names) for part in value.split(",")):
            return f"{value!r} is no {name}"
    return ""


def _part_is_valid(part: str, low: int, high: int, names: tuple[str, ...]) -> bool:
    body, slash, step = part.partition("/")
    if slash and not (step.isdigit() and int(step) > 0):
        return False
    if body in {"*", "?"}:
        return True
    ends = [_number(end, low, names) for end in body.split("-")]
    if len(ends) > 2 or any(end is None or not low <= end <= high for end in ends):
        return False
    return len(ends) == 1 or (ends[0] or 0) <= (ends[1] or 0)


def _number(text: str, low: int, names: tuple[str, ...]) -> int | None:
    if text.isdigit():
        return int(text)
    return names.index(text.lower()) + low if text.lower() in names else None
