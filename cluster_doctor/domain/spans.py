"""Spans of time, as kubectl's --since writes them."""

from __future__ import annotations

import re
from datetime import timedelta

from cluster_doctor.domain.errors import UsageError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SPAN = re.compile(r"(\d{1,6})([smhdw])")


def span(text: str) -> timedelta:
    """Read a span of time as kubectl's --since writes it: `90m`, `1h30m`, `7d`.

    Raises:
        UsageError: it is none, or longer than a hundred years.
    """
    parts = _SPAN.findall(text.strip())
    if not parts or "".join(f"{number}{unit}" for number, unit in parts) != text.strip():
        raise UsageError(f"{text!r} is no span of time", "Write one such as 90m, 24h or 7d.")
    total = sum((timedelta(**{_UNITS[unit]: int(number)}) for number, unit in parts), timedelta())
    if total > timedelta(days=36_500):
        raise UsageError(f"{text!r} is longer than anything is kept", "Write one such as 90m, 24h or 7d.")
    return total
