"""Keeps Python's cycle collector from walking a picture again and again while it grows.

Objects as parsed from JSON hold no cycles, but the collector cannot know that: reading a large cluster it would spend
more time on them than parsing takes. What is not needed any more is freed all the same, by its reference count.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_paused = 0
_resumes = False


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the cycle collector of this process until the last of those who asked is done.

    A process that has switched it off stays so.
    """
    global _paused, _resumes  # noqa: PLW0603 - the collector is one for the process, and so is who paused it
    with _lock:
        if not _paused:
            _resumes = gc.isenabled()
            gc.disable()
        _paused += 1
    try:
        yield
    finally:
        with _lock:
            _paused -= 1
            if not _paused and _resumes:
                _take_for_old()
                gc.enable()


def _take_for_old() -> None:
    """Spare the collector the first walk over all that was made meanwhile: it counts as having survived one.

    A process that has frozen objects of its own keeps them frozen, at the price of that walk.
    """
    if not gc.get_freeze_count():
        gc.freeze()
        gc.unfreeze()
