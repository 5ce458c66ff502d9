"""One measured number."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measurement:
    """A number with its unit and, where something is promised, what it must stay below."""

    name: str
    value: float
    unit: str
    below: float | None = None

    @property
    def kept(self) -> bool:
        """Whether the promise is kept; what promises nothing keeps it."""
        return self.below is None or self.value < self.below


def median_seconds(times: int, prepare: Callable[[], Callable[[], object]]) -> float:
    """Median of what something takes; what `prepare` does before each time is not counted."""
    taken = []
    for _ in range(times):
        work = prepare()
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def median_difference(times: int, prepare: Callable[[], tuple[Callable[[], object], Callable[[], object]]]) -> float:
    """Median of what the second of two works takes more than the first; they take turns in going first.

    Both have been done once before. What others do on the machine hits both alike.
    """
    for work in prepare():
        work()
    more = []
    for number in range(times):
        works = prepare()
        taken = [0.0, 0.0]
        for which in (0, 1) if number % 2 else (1, 0):
            begun = time.perf_counter()
            works[which]()
            taken[which] = time.perf_counter() - begun
        more.append(taken[1] - taken[0])
    return statistics.median(more)


def peak_memory() -> int:
    """Bytes of the largest resident set so far; what getrusage tells is inherited from the parent process."""
    told = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(told.split()[1]) * 1024
