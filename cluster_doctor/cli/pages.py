"""`cluster-doctor runs pages`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cluster_doctor.cli.console import Console
from cluster_doctor.cli.options import Home


def pages(
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder; a new or empty one.", metavar="DIR")],
    home: Home = None,
    limit: Annotated[int, typer.Option(help="How many, newest first.", min=1)] = 2000,
) -> None:
    """Write runs as web pages: index.html lists them, newest first, and leads to a page for each report.

    Examples:
      cluster-doctor runs pages -o runs
      cluster-doctor runs pages -o /srv/www/runs --limit 500

    The pages need nothing but each other: no script, no server, no network. Written
    again into the same folder, they replace each other, and whatever else lies there
    stays as it is. A folder that holds something else is refused.
    """
    from cluster_doctor.history.history import History  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.workflow.pages import write_pages  # noqa: PLC0415 - as above

    console = Console()
    from cluster_doctor.workflow.runs import Runs  # noqa: PLC0415 - LangGraph takes a second to load

    with History(home) as history:
        index = write_pages(Runs(history, progress=console.progress), output, limit, console.progress)
    console.report(f"{index}\n")
