"""Diagnoses that a program listens to, awaits, runs side by side and stops."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from cluster_doctor import (
    History,
    ProgressKind,
    ProgressNote,
    Report,
    Runs,
    adiagnose,
    astream_diagnosis,
    diagnose,
    stream_diagnosis,
)
from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.history.run_log import RunState
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.protocol import Progress, Scope, Want, silent
from cluster_doctor.workflow.runs import Waiting

from .incidents import SELECTS_NOTHING

NODES = ["collect", "verify", "diagnose", "triage", "plan", "rehearse", "approve"]


class Slow:
    """A source that takes its time, and tells when it has begun."""

    description = "a slow source"

    def __init__(self) -> None:
        self.began = threading.Event()
        self.may_end = threading.Event()

    def collect(self, scope: Scope, progress: Progress = silent) -> ClusterSnapshot:
        """Read once somebody lets it."""
        del scope
        progress("reading slowly")
        self.began.set()
        assert self.may_end.wait(30)
        return snapshot_of(SELECTS_NOTHING)

    def fetch(self, cluster: ClusterSnapshot, wants: Iterable[Want], progress: Progress = silent) -> ClusterSnapshot:
        """Return the snapshot as it is."""
        del wants, progress
        return cluster


def _own(report: Report) -> Report:
    """A report without its name and what it remembers of others."""
    causes = tuple(cause.model_copy(update={"seen_before": ()}) for cause in report.root_causes)
    return report.model_copy(update={"run_id": "", "root_causes": causes})


async def _begun(source: Slow) -> None:
    await asyncio.to_thread(source.began.wait, 30)


def test_every_node_is_told_when_it_begins_and_ends_and_the_report_last(tmp_path: Path) -> None:
    notes = list(stream_diagnosis("service web is down", source=snapshot_of(SELECTS_NOTHING), home=tmp_path))
    began = [note.node for note in notes if note.kind is ProgressKind.NODE_BEGAN]
    assert began == NODES[:-1], "nobody is asked, so that it ends with the rehearsal"
    ended = [(note.node, note.text) for note in notes if note.kind is ProgressKind.NODE_ENDED]
    assert [node for node, _ in ended] == began
    assert {text for _, text in ended} == {"done"}
    assert any(note.kind is ProgressKind.STEP and note.text == "looking for root causes" for note in notes)
    (last,) = [note for note in notes if note.report]
    assert last is notes[-1]
    assert last.kind is ProgressKind.DONE
    assert last.report is not None
    assert {note.run_id for note in notes[2:]} == {last.report.run_id}
    assert [note.at for note in notes] == sorted(note.at for note in notes)
    same = diagnose("service web is down", source=snapshot_of(SELECTS_NOTHING), home=tmp_path / "other")
    assert [cause.rule for cause in last.report.root_causes] == [cause.rule for cause in same.root_causes]


def test_an_error_comes_out_where_somebody_listens(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="there is no"):
        list(stream_diagnosis(source=tmp_path / "nothing", home=tmp_path))
    with pytest.raises(UnreadableInput, match="there is no"):
        asyncio.run(adiagnose(source=tmp_path / "nothing", home=tmp_path))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("cluster-doctor")]


def test_several_at_once_give_what_each_gives_alone(tmp_path: Path) -> None:
    pictures = [snapshot_of(SELECTS_NOTHING.replace("name: web", f"name: web-{number}")) for number in range(4)]

    async def all_of_them() -> list[Report]:
        return await asyncio.gather(*(adiagnose(source=picture, home=tmp_path / "shared") for picture in pictures))

    alone = [diagnose(source=picture, home=tmp_path / str(number)) for number, picture in enumerate(pictures)]
    together = asyncio.run(all_of_them())
    assert len({report.run_id for report in together}) == len(pictures)
    assert list(map(_own, together)) == list(map(_own, alone))


def test_the_event_loop_does_other_things_meanwhile(tmp_path: Path) -> None:
    source = Slow()

    async def other_things() -> int:
        task = asyncio.create_task(adiagnose(source=source, home=tmp_path))
        turns = 0
        await _begun(source)
        for _ in range(20):
            await asyncio.sleep(0.001)
            turns += 1
        source.may_end.set()
        assert (await task).root_causes
        return turns

    assert asyncio.run(other_things()) == 20


def test_a_cancelled_task_leaves_a_run_that_goes_on(tmp_path: Path) -> None:
    source = Slow()

    async def cancelled() -> None:
        task = asyncio.create_task(adiagnose(source=source, home=tmp_path))
        await _begun(source)
        task.cancel()
        await asyncio.sleep(0.05)
        assert not task.done(), "it waits for the node that is at work"
        source.may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    with History(tmp_path) as history:
        (run,) = history.log.runs()
        assert run.state is RunState.RUNNING
        assert [step.node for step in history.log.steps(run.run_id)] == ["collect"]
        standing = Runs(history, source=source).resume(run.run_id)
        assert isinstance(standing, Waiting)
        assert [cause.rule for cause in standing.report.root_causes] == ["service_selects_no_pods"]
        assert [step.node for step in history.log.steps(run.run_id)] == NODES, "nothing was done twice"


def test_who_stops_listening_stops_the_run(tmp_path: Path) -> None:
    notes = stream_diagnosis(source=snapshot_of(SELECTS_NOTHING), home=tmp_path)
    for note in notes:
        if note.kind is ProgressKind.NODE_BEGAN:
            break
    began = time.monotonic()
    getattr(notes, "close")()  # noqa: B009 - an Iterator has no close(), a generator has
    assert time.monotonic() - began < 20
    with History(tmp_path) as history:
        (run,) = history.log.runs()
        assert run.state in {RunState.RUNNING, RunState.WAITING}
        assert Runs(history).resume(run.run_id).report.root_causes


def test_notes_are_json(tmp_path: Path) -> None:
    async def all_notes() -> list[ProgressNote]:
        picture = snapshot_of(SELECTS_NOTHING)
        return [note async for note in astream_diagnosis(source=picture, home=tmp_path)]

    for note in asyncio.run(all_notes()):
        assert ProgressNote.model_validate_json(note.model_dump_json()) == note
