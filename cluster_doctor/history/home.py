"""The one directory where runs are kept."""

from __future__ import annotations

import os
from pathlib import Path

from cluster_doctor.domain.errors import UsageError

VARIABLE = "CLUSTER_DOCTOR_HOME"


def open_home(given: str | os.PathLike[str] | None = None) -> Path:
    """Find the directory, and make it if it is not there, closed to other users.

    Args:
        given: where it shall be; else `CLUSTER_DOCTOR_HOME`, else the platform's place for state.

    Raises:
        UsageError: it cannot be made or written to.
    """
    chosen = given or os.environ.get(VARIABLE)
    if chosen:
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
