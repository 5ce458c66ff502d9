"""Times as kubectl prints them: ages that count back from the moment of printing, and dates with a zone.

Ages are those of `k8s.io/apimachinery/pkg/util/duration.HumanDuration`; dates are Go's RFC 1123 with a
numeric zone, or Go's default form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from cluster_doctor.snapshot.times import format_time, parse_time

_AGE = re.compile(r"(?:(\d+)y)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}
_DATE = re.compile(r"[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})")
_GO_DATE = re.compile(r"(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2})(?:\.\d+)? ([+-])(\d{2})(\d{2})(?: \S+)?")


def parse_age(age: str) -> timedelta | None:
    """Read an age such as `72s`, `2m9s`, `3d6h` or `2y115d`; None for `<unknown>` and whatever else is no age."""
    match = _AGE.fullmatch(age.strip())
    if not match or not match.group():
        return None
    years, days, hours, minutes, seconds = (int(part) if part and len(part) < 8 else 0 for part in match.groups())
    try:
        return timedelta(days=years * 365 + days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return None


def zone_at(sign: str, hours: str, minutes: str) -> tzinfo:
    """The zone so far from UTC; UTC for what no clock shows."""
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset) if offset < timedelta(hours=24) else UTC


def parse_date(text: str) -> datetime | None:
    """Read a date as `describe` prints it; None for `<unset>`, for Go's zero time and for anything else."""
    text = text.strip()
    try:
        if match := _DATE.fullmatch(text):
            day, month, year, hour, minute, second, *zone = match.groups()
            read = datetime(
                int(year), _MONTHS.get(month, 0), int(day), int(hour), int(minute), int(second), tzinfo=zone_at(*zone)
            )
        elif match := _GO_DATE.fullmatch(text):
            local, *zone = match.groups()
            read = datetime.fromisoformat(local).replace(tzinfo=zone_at(*zone))
        else:
            return parse_time(text)
    except ValueError:
        return None
    return read if read.year > 1 else None


def date(text: str) -> str | None:
    """Turn a printed date into the form of the API; None if it is none."""
    read = parse_date(text)
    return format_time(read) if read else None


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment at which text was printed; without it, ages say nothing."""

    now: datetime | None = None

    def ago(self, age: str) -> str | None:
        """Turn an age into a point in time in the form of the API."""
        return _ago(self.now, age) if self.now else None


@lru_cache(maxsize=4096)
def _ago(now: datetime, age: str) -> str | None:
    past = parse_age(age)
    if past is None:
        return None
    try:
        return format_time(now - past)
    except OverflowError:
        return None
