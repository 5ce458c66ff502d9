"""Where runs are kept: one directory, or a database on a server with a directory beside it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_doctor.domain.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import URL

VARIABLE = "CLUSTER_DOCTOR_HOME"
_DATABASE = re.compile(r"postgres(ql)?://")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.]+:/")
_GIVE = f"Give a directory or postgresql://USER@HOST/DATABASE with --home or {VARIABLE}."


def open_home(given: str | os.PathLike[str] | None = None) -> Path:
    """Find the directory, and make it if it is not there, closed to other users.

    Args:
        given: where it shall be; else `CLUSTER_DOCTOR_HOME`, else the platform's place for state. The latter too where
            a database is named: plans are exported there, and runbooks looked for.

    Raises:
        UsageError: it cannot be made or written to.
    """
    chosen = _chosen(given)
    if chosen and not _DATABASE.match(chosen):
        home = Path(chosen).expanduser()
    else:
        from platformdirs import user_state_path  # noqa: PLC0415 - only needed where nobody chose

        home = user_state_path("cluster-doctor", appauthor=False)
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"could not make {home}, where runs are kept: {error.strerror}",
            f"Name another directory with --home or {VARIABLE}.",
        ) from error
    return home


def database_of(given: str | os.PathLike[str] | None = None) -> URL | None:
    """Tell which database is named instead of a directory; None if none is.

    Raises:
        UsageError: what is named is neither.
    """
    chosen = _chosen(given)
    if not chosen or not _DATABASE.match(chosen):
        return None
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - only needed where a database is named
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415 - as above

    try:
        url = make_url(chosen)
    except (ArgumentError, ValueError) as error:
        raise UsageError("the address of the database cannot be read", _GIVE) from error
    return url.set(drivername="postgresql")


def _chosen(given: str | os.PathLike[str] | None) -> str:
    """What was named.

    Raises:
        UsageError: it is an address of something else, or one that was made a path of.
    """
    chosen = os.fspath(given) if given else os.environ.get(VARIABLE, "")
    if _ADDRESS.match(chosen) and not _DATABASE.match(chosen):
        raise UsageError(f"runs cannot be kept at {chosen.partition(':')[0]}:…", _GIVE)
    return chosen
