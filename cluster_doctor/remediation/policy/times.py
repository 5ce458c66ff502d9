"""Times of the week in which an entry of a policy holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from cluster_doctor.remediation.policy.strict import Strict, Unordered


class Day(StrEnum):
    """Days of the week, in the order of `datetime.weekday`."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


_DAYS = tuple(Day)
_MIDNIGHT = "24:00"


def zone(name: str) -> ZoneInfo:
    """Find a time zone.

    Raises:
        ValueError: there is none of that name in this machine's database.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(
            f"no time zone {name!r} is known here; write one such as Europe/Berlin or UTC, "
            "and install the Python package tzdata where the system has no zones"
        ) from error


def _zone_name(name: str) -> str:
    zone(name)
    return name


Clock = Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
"""A time of day such as 09:30; 24:00 is the end of it."""


class MaintenanceWindow(Strict):
    """A span of each of some days, by the clocks of a place.

    Where `to` is not after `from` it ends on the following day. It is the wall clock that counts: where an hour is
    skipped in spring it is not there, and where one is repeated in autumn both belong to it.

    Attributes:
        days: days on which it begins; every day by default.
        begin: when; included.
        end: until when; not included.
        timezone: the place, as the IANA database names it.
    """

    days: Annotated[tuple[Day, ...], Unordered] = tuple(sorted(_DAYS))
    begin: Clock = Field(default="00:00", alias="from")
    end: Clock = Field(default=_MIDNIGHT, alias="to")
    timezone: Annotated[str, AfterValidator(_zone_name)] = "UTC"

    @model_validator(mode="after")
    def _is_a_span(self) -> MaintenanceWindow:
        if self.begin in {self.end, _MIDNIGHT}:
            raise ValueError(f"from {self.begin} to {self.end} is no span of a day; a whole day is 00:00 to 24:00")
        return self

    def holds(self, now: datetime) -> bool:
        """Tell whether a moment lies in it.

        Raises:
            ValueError: the moment has no time zone, or that of the window is not known here.
        """
        if now.tzinfo is None:
            raise ValueError("the time of day is not known: it has no time zone")
        local = now.astimezone(zone(self.timezone))
        clock = f"{local:%H:%M}"
        today = _DAYS[local.weekday()] in self.days
        if self.begin < self.end:
            return today and self.begin <= clock < self.end
        yesterday = _DAYS[(local - timedelta(days=1)).weekday()] in self.days
        return (today and clock >= self.begin) or (yesterday and clock < self.end)

    def __str__(self) -> str:
        """`mon,tue 22:00 to 04:00 Europe/Berlin`."""
        days = "every day" if len(self.days) == len(_DAYS) else ",".join(day for day in _DAYS if day in self.days)
        return f"{days} {self.begin} to {self.end} {self.timezone}"


Windows = Annotated[tuple[MaintenanceWindow, ...], Field(min_length=1, max_length=100)]


def holds_now(windows: Sequence[MaintenanceWindow] | None, now: datetime) -> bool:
    """Tell whether one of some windows holds; without any it is always.

    Raises:
        ValueError: that cannot be told.
    """
    return windows is None or any(window.holds(now) for window in windows)
