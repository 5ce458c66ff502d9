"""One process at a time may work on a run."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cluster_doctor.domain.errors import RunError


@contextmanager
def run_lock(folder: Path, run_id: str) -> Iterator[None]:
    """Hold a run while working on it. The kernel lets go of the lock when the process dies.

    Raises:
        RunError: somebody else holds it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / f"{run_id}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RunError(
                f"another process works on run {run_id}", f"Wait for it, then see `cluster-doctor runs show {run_id}`."
            ) from error
        yield
    finally:
        os.close(descriptor)
