"""Opens the run that a person names: one on record, or one in a file that `runs export` wrote."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cluster_doctor.domain.run_file import SUFFIX

if TYPE_CHECKING:
    from cluster_doctor.sources.protocol import Progress
    from cluster_doctor.workflow.runs import Runs

AnyRun = Annotated[
    str,
    typer.Argument(help="A run's id, the beginning of it, or a file by `runs export`.", metavar=f"ID|FILE{SUFFIX}"),
]


def is_file(named: str) -> bool:
    """Whether a file is meant."""
    return named.endswith(SUFFIX)


@contextmanager
def recorded_run(named: str, home: str | None, progress: Progress) -> Iterator[tuple[Runs, str]]:
    """Open where a run is on record; yields that and the run's whole id. Nothing of a file gets into the history.

    Raises:
        RunError: there is no such run.
        UnreadableInput: the file is no exported run, damaged or hostile.
    """
    from cluster_doctor.history.history import History  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.workflow.exporting import opened_run  # noqa: PLC0415 - as above
    from cluster_doctor.workflow.runs import Runs  # noqa: PLC0415 - as above

    if is_file(named):
        with opened_run(Path(named), progress) as opened:
            yield opened
        return
    with History(home) as history:
        yield Runs(history, progress=progress), history.log.run(named).run_id
