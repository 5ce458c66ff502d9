"""Opens a run by what a person names: an address or a file."""

from __future__ import annotations

import os
from pathlib import Path

from cluster_doctor.domain.ci import CiRun
from cluster_doctor.domain.errors import UsageError
from cluster_doctor.sources.github_actions.address import is_address, parse_address
from cluster_doctor.sources.github_actions.api import fetch_run
from cluster_doctor.sources.github_actions.saved import saved_run
from cluster_doctor.sources.protocol import Progress


def open_run(named: str | bytes, progress: Progress) -> CiRun:
    """Read a run.

    Args:
        named: an address, the path of a file, or a file's content.
        progress: hears what is read.

    Raises:
        UsageError: there is no such file, or the address is none of a run.
        UnreadableInput: the file is no log.
        SourceError: the server cannot be read.
    """
    if isinstance(named, bytes):
        return saved_run(named, "standard input")
    if is_address(named):
        return fetch_run(parse_address(named), os.environ, progress)
    path = Path(named)
    if not path.is_file():
        raise UsageError(f"there is no file {named}", "Name a file, or give the address of a run.")
    return saved_run(path, named)
