"""Waiting for what a cluster does in its own time."""

from __future__ import annotations

import time
from collections.abc import Callable


def until(holds: Callable[[], object], what: str, *, within: float = 60) -> None:
    """Return as soon as something holds.

    Args:
        holds: asked again and again.
        what: what is waited for; said if it never comes.
        within: seconds after which it never comes.

    Raises:
        AssertionError: it did not come.
    """
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"not reached in {within:g} s: {what}")
        time.sleep(0.3)
