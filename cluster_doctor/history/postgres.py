"""Connections to Postgres outside the store: the one that holds a lock, and the one that LangGraph writes by."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from cluster_doctor.domain.errors import RunError, UsageError

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.rows import DictRow
    from sqlalchemy import URL

UNREACHABLE = "Check that the database runs, the address and the rights of the user, then do the same again."
PATIENCE = 30
"""Seconds to wait for a connection."""
_LIVELY = ("tcp_keepalives_idle = 30", "tcp_keepalives_interval = 10", "tcp_keepalives_count = 3")
"""So that the server lets go of what a machine held that is gone without a word, within a minute instead of hours."""
_PAUSE = 0.1


def not_installed() -> UsageError:
    """Tell which packages are missing."""
    return UsageError(
        "runs in Postgres need packages that are not installed", "Install them: pip install 'cluster-doctor[postgres]'"
    )


def open_connection(url: URL) -> Connection[DictRow]:
    """Open a connection of one's own, where each statement is a transaction.

    Raises:
        UsageError: psycopg is not installed.
        RunError: the server cannot be reached, or refuses.
    """
    try:
        import psycopg  # noqa: PLC0415 - an extra of its own
        from psycopg.rows import dict_row  # noqa: PLC0415 - as above
    except ImportError as error:
        raise not_installed() from error
    with server_errors(url):
        connection = psycopg.connect(
            url.set(drivername="postgresql").render_as_string(hide_password=False),
            autocommit=True,
            prepare_threshold=0,
            row_factory=dict_row,
            connect_timeout=PATIENCE,
        )
        for setting in _LIVELY:
            connection.execute(f"SET {setting}")
    return connection


@contextmanager
def server_errors(url: URL) -> Iterator[None]:
    """Tell errors of the server to a user.

    Raises:
        RunError: the server cannot be reached, or refuses.
    """
    from psycopg import Error  # noqa: PLC0415 - an extra of its own

    try:
        yield
    except Error as error:
        where = url.render_as_string(hide_password=True)
        raise RunError(f"{where} cannot be used: {str(error).strip()}", UNREACHABLE) from error


@contextmanager
def advisory_lock(connection: Connection[DictRow], name: str, *, patience: float = 0) -> Iterator[bool]:
    """Hold a lock of the session, which ends with it; yield whether it was got.

    Args:
        connection: whose session.
        name: what is locked.
        patience: seconds to try again.
    """
    from psycopg import Error  # noqa: PLC0415 - an extra of its own

    key = int.from_bytes(hashlib.sha256(f"cluster-doctor {name}".encode()).digest()[:8], signed=True)
    until = time.monotonic() + patience
    while not (held := _answer(connection, "SELECT pg_try_advisory_lock(%s) AS got", key)) and time.monotonic() < until:
        time.sleep(_PAUSE)
    try:
        yield held
    finally:
        # Where this fails, the session is gone, and with it the lock; what happened meanwhile is told instead.
        with suppress(Error):
            if held:
                _answer(connection, "SELECT pg_advisory_unlock(%s) AS got", key)


def _answer(connection: Connection[DictRow], statement: str, key: int) -> bool:
    row = connection.execute(statement.encode(), (key,)).fetchone()
    return bool(row and row["got"])
