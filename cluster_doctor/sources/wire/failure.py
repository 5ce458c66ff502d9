"""Why one request gave nothing, in the words of a gap."""

from __future__ import annotations

import re

from cluster_doctor.domain.coverage import GapReason

LONGEST_DETAIL = 240
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


class ReadFailure(Exception):  # noqa: N818 - named for what it is
    """One request that gave nothing.

    Args:
        reason: the reason that a gap will give.
        detail: what came back, on one line.
        status: HTTP status, 0 where there was none.
        healable: whether asking again may help.
        wait: seconds that the server asks to wait before the next attempt.
    """

    def __init__(
        self, reason: GapReason, detail: str, *, status: int = 0, healable: bool = False, wait: float | None = None
    ) -> None:
        """Keep the answer in a form that fits one line of a report."""
        self.reason = reason
        self.detail = one_line(detail)
        self.status = status
        self.healable = healable
        self.wait = wait
        super().__init__(f"{reason.value}: {self.detail}")


def one_line(text: str) -> str:
    """Make foreign text fit one line of a report: no control characters, bounded length."""
    flat = _CONTROL.sub(" ", text).strip()
    return flat if len(flat) <= LONGEST_DETAIL else flat[: LONGEST_DETAIL - 1] + "…"
