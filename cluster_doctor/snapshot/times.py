"""Points in time as Kubernetes writes them."""

from __future__ import annotations

from datetime import UTC, datetime


def parse_time(value: object) -> datetime | None:
    """Read an RFC 3339 timestamp; None if it is not one. A missing zone is read as UTC.

    Go writes year 1 for a time that was never set. Years in which no cluster ran tell nothing either, and
    reckoning with them would leave the calendar.
    """
    if not isinstance(value, str) or len(value) < 10:
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    if not 1970 <= read.year < 2200:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def format_time(moment: datetime) -> str:
    """Write a timestamp as the API server does: UTC, whole seconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
