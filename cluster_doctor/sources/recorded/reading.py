"""Tells how far a large recording has been read."""

from __future__ import annotations

from typing import BinaryIO

from cluster_doctor.sources.protocol import Progress

LARGE = 64 * 1024 * 1024
"""Bytes below which reading takes no time worth telling of."""
_MEBIBYTE = 1024 * 1024


class Reading:
    """Counts bytes, and says so now and then."""

    def __init__(self, name: str, total: int, progress: Progress) -> None:
        """Begin to count."""
        self._name, self._total, self._progress = name, total, progress
        self._seen = self._told = 0

    def passed(self, count: int) -> None:
        """Note that bytes have been read."""
        self._seen += count
        if self._total >= LARGE and self._seen - self._told >= max(LARGE, self._total // 20):
            self._told = self._seen
            share = f"{self._seen // _MEBIBYTE:,} of {self._total // _MEBIBYTE:,} MiB"
            self._progress(f"read {share} of {self._name}")


class CountedFile:
    """A file that is read from its beginning to its end, and counted."""

    def __init__(self, file: BinaryIO, report: Reading) -> None:
        """Read on from where the file stands."""
        self._file, self._report = file, report

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        part = self._file.read(size)
        self._report.passed(len(part))
        return part

    def readline(self) -> bytes:
        """Read a line, or a part of one that no memory should hold."""
        line = self._file.readline(LARGE)
        self._report.passed(len(line))
        return line
