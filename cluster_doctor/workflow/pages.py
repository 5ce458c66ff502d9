"""Writes the runs on record as pages: one that lists them, and one for each report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePath

from cluster_doctor.domain.errors import RunError, UsageError
from cluster_doctor.history.run_log import RunRecord, RunState
from cluster_doctor.reports.html import render_html
from cluster_doctor.reports.index import INDEX, IndexEntry, render_index, with_report
from cluster_doctor.sources.protocol import Progress, silent
from cluster_doctor.workflow.runs import Runs

_OURS = b'<meta name="generator" content="cluster-doctor">'
_HEAD = 4096
"""Bytes of a page within which it says who made it."""
_EACH = 100
"""Runs after which progress is told."""


def write_pages(runs: Runs, folder: Path, limit: int, progress: Progress = silent) -> Path:
    """Write the latest runs into a folder, newest first, and return the page that lists them.

    Pages that were written there before are written again; whatever else is there is left alone.

    Args:
        runs: where they are on record.
        folder: where to; it is made if it is not there.
        limit: how many runs.
        progress: hears how far it came.

    Raises:
        UsageError: the folder holds something else, or cannot be written to.
        RunError: the history cannot be used.
    """
    known = runs.history.log.runs(limit + 1)
    _make(folder)
    entries = []
    for done, run in enumerate(known[:limit], 1):
        entries.append(_entry(runs, run, folder))
        if done % _EACH == 0:
            progress(f"{done} of {len(known[:limit])} pages")
    index = folder / INDEX
    _write(index, render_index(entries, left_out=len(known) > limit))
    return index


def _entry(runs: Runs, run: RunRecord, folder: Path) -> IndexEntry:
    """Write one report; a run that has none, or whose record is damaged, is listed with the reason."""
    entry = IndexEntry(
        run_id=run.run_id,
        began_at=run.began_at,
        took=run.ended_at - run.began_at if run.ended_at and run.state is not RunState.RUNNING else None,
        incident=run.incident,
        state=run.state.value,
        origin=PurePath(run.origin).name,
    )
    try:
        if not runs.case(run.run_id).diagnosis:
            return replace(entry, problem="has not come to a diagnosis")
        report = runs.report(run.run_id)
    except RunError as error:
        return replace(entry, problem=error.what)
    file = f"{run.run_id}.html"
    _write(folder / file, render_html(report, back=INDEX))
    return with_report(entry, report, file)


def _make(folder: Path) -> None:
    """Make the folder, or make sure that it is one of these.

    Raises:
        UsageError: it holds something else, or cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()) and not _is_ours(folder / INDEX):
            raise UsageError(
                f"{folder} holds files, and no list of runs", "Name an empty folder, or a new one, with -o."
            )
    except OSError as error:
        raise UsageError(f"{folder} cannot be used: {error.strerror}", "Name another folder with -o.") from error


def _write(path: Path, content: str) -> None:
    """Write a page, whole or not at all.

    Raises:
        UsageError: it cannot be written, or would replace somebody else's file.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        if path.exists() and not _is_ours(path):
            raise UsageError(
                f"{path} is not a page of cluster-doctor's", "Move it away, or name another folder with -o."
            )
        part.write_text(content, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UsageError(f"{path} cannot be written: {error.strerror}", "Name another folder with -o.") from error


def _is_ours(path: Path) -> bool:
    """Whether a file says that it is a page of ours."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return _OURS in file.read(_HEAD)
