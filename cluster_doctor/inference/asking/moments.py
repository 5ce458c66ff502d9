"""The moment that a question means, seen from when the picture was taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.spans import span


def moment_of(written: str, taken_at: datetime) -> datetime | None:
    """Tell which moment is meant; None for any time. A time of day is the last one before the picture, in UTC.

    Raises:
        UsageError: there is no such moment.
    """
    if not written:
        return None
    day = taken_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if written == "today":
        return day
    if written == "yesterday":
        return day - timedelta(days=1)
    try:
        if ":" in written and "-" not in written:
            hour, minute = map(int, written.split(":"))
            at = day.replace(hour=hour, minute=minute)
            return at if at <= taken_at else at - timedelta(days=1)
        if "-" in written:
            at = datetime.fromisoformat(written)
            return at if at.tzinfo else at.replace(tzinfo=UTC)
    except ValueError as error:
        raise UsageError(f"{written!r} is no moment", "Write 90m, 12:00 or 2026-01-31T12:00Z.") from error
    return taken_at - span(written)
