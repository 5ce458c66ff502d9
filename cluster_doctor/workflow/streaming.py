"""Diagnoses for programs that do other things meanwhile: told step by step, awaited, and stopped at any time."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from typing import TypeAlias, Unpack

from langgraph.runtime import RunControl

from cluster_doctor.domain.errors import RunStopped
from cluster_doctor.domain.inheriting_pool import InheritingPool
from cluster_doctor.domain.progress import ProgressNote
from cluster_doctor.domain.report import Report
from cluster_doctor.workflow.api import DiagnoseOptions, diagnose_told

_Told: TypeAlias = "ProgressNote | None"
"""A note; None once all is told."""


def stream_diagnosis(text: str = "", **options: Unpack[DiagnoseOptions]) -> Iterator[ProgressNote]:
    """Investigate as `diagnose` does, telling what happens while it happens; the last note holds the report.

    Who stops listening (`close()`, or leaving a `for` loop) stops the run before its next node. It stays on record and
    goes on with `cluster-doctor runs resume`.

    Raises:
        ClusterDoctorError: as `diagnose` does.
    """
    told: queue.SimpleQueue[_Told] = queue.SimpleQueue()
    control = RunControl()
    with InheritingPool(1, thread_name_prefix="cluster-doctor") as pool:
        work = pool.submit(diagnose_told, text, options, told.put, control)
        work.add_done_callback(lambda _: told.put(None))
        try:
            while (note := told.get()) is not None:
                yield note
            work.result()
        finally:
            control.request_drain("nobody listens any more")


async def astream_diagnosis(text: str = "", **options: Unpack[DiagnoseOptions]) -> AsyncGenerator[ProgressNote]:
    """Investigate as `stream_diagnosis` does, in a thread of its own, while the event loop does other things.

    A task that is cancelled stops the run before its next node and waits for that. The run stays on record and goes on
    with `cluster-doctor runs resume`.

    Raises:
        ClusterDoctorError: as `diagnose` does.
    """
    loop = asyncio.get_running_loop()
    told: asyncio.Queue[_Told] = asyncio.Queue()
    control = RunControl()

    def put(note: _Told) -> None:
        with suppress(RuntimeError):  # the loop is gone, and nobody listens
            loop.call_soon_threadsafe(told.put_nowait, note)

    work = asyncio.ensure_future(asyncio.to_thread(diagnose_told, text, options, put, control))
    work.add_done_callback(lambda _: told.put_nowait(None))
    try:
        while (note := await told.get()) is not None:
            yield note
        await work
    finally:
        control.request_drain("the task was cancelled")
        await asyncio.wait([work])
        work.exception()  # who left does not want to hear it


async def adiagnose(text: str = "", **options: Unpack[DiagnoseOptions]) -> Report:
    """Investigate as `diagnose` does, while the event loop does other things; several may run at once.

    Raises:
        ClusterDoctorError: as `diagnose` does.
    """
    report: Report | None = None
    notes = astream_diagnosis(text, **options)
    try:
        async for note in notes:
            report = note.report or report
    finally:
        await notes.aclose()
    if report is None:
        raise RunStopped("the diagnosis was stopped", "`cluster-doctor runs list` shows it.")
    return report
