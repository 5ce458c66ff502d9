"""Gives a SQLite file a write-ahead log. Two that do so to a new file at once get an error from SQLite, at once."""

from __future__ import annotations

import sqlite3

from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random

from cluster_doctor.history.postgres import PATIENCE


def use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Let what is written go to a log first, so that readers and one writer do not wait for each other.

    The change of mode does not wait for others as transactions do; so it is tried again.

    Raises:
        sqlite3.Error: the file is no database, or is held for longer than anybody waits.
    """
    retrying = Retrying(
        retry=retry_if_exception(_is_busy),
        stop=stop_after_delay(PATIENCE),
        wait=wait_random(0.002, 0.02),
        reraise=True,
    )
    retrying(connection.execute, "PRAGMA journal_mode=WAL")


def _is_busy(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
