"""What was stored or loaded last, so that it is not read again. Several threads may use it at once."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Remembers so many values, and forgets the oldest."""

    def __init__(self, most: int) -> None:
        """Remember at most so many."""
        self._most = most
        self._held: dict[K, V] = {}
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """Recall a value; None if it is forgotten, or never was there."""
        return self._held.get(key)

    def keep(self, key: K, value: V) -> None:
        """Remember a value."""
        with self._lock:
            self._held[key] = value
            while len(self._held) > self._most:
                del self._held[next(iter(self._held))]

    def key_of(self, value: V) -> K | None:
        """Tell under which key this very object is remembered."""
        with self._lock:
            return next((key for key, held in self._held.items() if held is value), None)
