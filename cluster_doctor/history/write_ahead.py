"""Switches an SQLite file to a write-ahead log.

Of several that open a new file at once SQLite lets one do that, and tells the others at once that it is locked: the
time that a connection is willing to wait does not count here.
"""

from __future__ import annotations

import sqlite3

from tenacity import retry, retry_if_exception, stop_after_delay, wait_random

from cluster_doctor.history.postgres import PATIENCE


def _is_locked(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


@retry(
    retry=retry_if_exception(_is_locked), stop=stop_after_delay(PATIENCE), wait=wait_random(0.005, 0.05), reraise=True
)
def write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log, waiting for whoever writes.

    Raises:
        sqlite3.OperationalError: the file stays locked.
    """
    connection.execute("PRAGMA journal_mode=WAL")
