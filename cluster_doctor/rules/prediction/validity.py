"""How long before the end of something that is valid for a while its end is worth telling."""

from __future__ import annotations

from datetime import datetime, timedelta

LONGEST_NOTICE = timedelta(days=30)
LAST_SHARE = 5
"""Whatever renews certificates by itself has done so before the last fifth of their life: cert-manager after two
thirds, the kubelet after 70 to 90 percent."""


def ends_soon(begin: datetime | None, end: datetime, now: datetime) -> bool:
    """Tell whether something still valid is in the last fifth of its life and in its last 30 days.

    Where its beginning is not known, the last 30 days alone decide.
    """
    notice = min(LONGEST_NOTICE, (end - begin) / LAST_SHARE) if begin else LONGEST_NOTICE
    return now < end <= now + notice


def life(begin: datetime | None, end: datetime, now: datetime) -> str:
    """Say how much of a life is left."""
    whole = f" of the {(end - begin).days} days that it is valid" if begin else ""
    left = end - now
    shown = f"{left.days} days" if left.days > 1 else f"{left.total_seconds() / 3600:.0f} hours"
    return f"{end:%Y-%m-%d %H:%M} UTC less {now:%Y-%m-%d %H:%M} UTC leaves {shown}{whole}"
