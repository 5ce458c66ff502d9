"""The run that this process holds, for whoever has to make sure of that right before a write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_doctor.history.run_lock import Hold, run_lock, unheld

if TYPE_CHECKING:
    from sqlalchemy import URL

_HELD: ContextVar[Hold] = ContextVar("held", default=unheld)
"""Of this thread, and of those in which LangGraph runs nodes for it."""


@contextmanager
def holding(locks: Path | URL, run_id: str) -> Iterator[None]:
    """Hold a run while working on it.

    Raises:
        RunTaken: somebody else holds it.
        RunError: the server cannot be reached.
    """
    with run_lock(locks, run_id) as hold:
        before = _HELD.set(hold)
        try:
            yield
        finally:
            _HELD.reset(before)


def still_held() -> None:
    """Make sure that the run is held as it was when work on it began.

    Raises:
        RunTaken: it is not, and nothing more may be written.
    """
    _HELD.get()()
