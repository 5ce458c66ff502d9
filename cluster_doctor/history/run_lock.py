"""One process at a time may work on a run."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from cluster_doctor.domain.errors import RunError, RunTaken

if TYPE_CHECKING:
    from sqlalchemy import URL

Hold: TypeAlias = Callable[[], None]
"""Makes sure that the lock is still held; raises `RunTaken` if a server let go of it meanwhile."""


def unheld() -> None:
    """Make sure of nothing: nobody holds the run."""


@contextmanager
def run_lock(place: Path | URL, run_id: str) -> Iterator[Hold]:
    """Hold a run while working on it. The kernel, or the server, lets go of the lock when the process dies.

    Args:
        place: the folder of locks, or the database on a server.
        run_id: the run.

    Raises:
        RunTaken: somebody else holds it.
        RunError: the server cannot be reached.
    """
    with _by_file(place, run_id) if isinstance(place, Path) else _by_server(place, run_id) as hold:
        yield hold


@contextmanager
def _by_file(folder: Path, run_id: str) -> Iterator[Hold]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / f"{run_id}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _taken(run_id) from error
        yield lambda: None
    finally:
        os.close(descriptor)


@contextmanager
def _by_server(url: URL, run_id: str) -> Iterator[Hold]:
    """Hold it by a session of its own: one that is shared could be closed, or pooled away, while the work goes on."""
    from cluster_doctor.history.postgres import advisory_lock, open_connection, server_errors  # noqa: PLC0415 - an extra

    connection = open_connection(url)

    def hold() -> None:
        try:
            with server_errors(url):
                connection.execute("SELECT 1")
        except RunError as error:
            raise RunTaken(
                f"the hold on run {run_id} was lost: {error.what}",
                f"Nothing more is written. Go on with `cluster-doctor runs resume {run_id}`.",
            ) from error

    try:
        with server_errors(url), advisory_lock(connection, f"run {run_id}") as held:
            if not held:
                raise _taken(run_id)
            yield hold
    finally:
        connection.close()


def _taken(run_id: str) -> RunTaken:
    return RunTaken(
        f"another process works on run {run_id}", f"Wait for it, then see `cluster-doctor runs show {run_id}`."
    )
