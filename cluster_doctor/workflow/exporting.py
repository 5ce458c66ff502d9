"""Writes a run into one file, and opens such a file as a history of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import cast

from pydantic import JsonValue

from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.domain.exchange import Exchange
from cluster_doctor.history.exported import AuditRow, RunDocument, read_exported, write_exported
from cluster_doctor.history.history import History
from cluster_doctor.history.run_log import StepRecord
from cluster_doctor.sources.protocol import Progress, silent
from cluster_doctor.workflow.runs import Runs
from cluster_doctor.workflow.state import Case, CaseState, Place

_OF_THE_MACHINE = ("place", "runbooks", "repositories", "prompts")
_STORED = (
    "readings", "snapshot", "claims", "diagnosis", "suspects", "model_use", "recollection", "triage", "plans",
    "rehearsal",
)  # fmt: skip


def export_run(history: History, runs: Runs, run_id: str, path: Path) -> None:
    """Write a run, with its evidence and its part of the audit record, into a file for somebody else.

    Raises:
        RunError: there is no such run, or its evidence is lost.
        UsageError: the file cannot be written.
    """
    run = history.log.run(run_id)
    case = runs.case(run.run_id)
    keys = {key for name in _STORED if (key := getattr(case, name))} | {case.recorded.plans, case.recorded.rehearsal}
    keys |= set(case.inquiries)
    document = RunDocument(
        run=run.model_copy(update={"origin": PurePath(run.origin).name}),
        steps=tuple(map(_portable_step, history.log.steps(run.run_id))),
        case=_portable(case.model_dump(mode="json"), case.snapshot),
        audit=tuple(AuditRow.model_validate(row) for row in history.audit.rows_of(run.run_id)),
        head=history.audit.head(run.run_id),
        model_calls=_answers(history, case),
    )
    write_exported(path, document, {key: history.evidence.content(key) for key in keys if key})


@contextmanager
def opened_run(path: Path, progress: Progress = silent) -> Iterator[tuple[Runs, str]]:
    """Open such a file as a history of its own, which is gone afterwards; yields it with the run's id.

    Raises:
        UnreadableInput: it is no such file, damaged or hostile.
        RunError: what it holds is not what was stored, or not what nodes write.
    """
    with tempfile.TemporaryDirectory(prefix="cluster-doctor-") as folder, History(folder) as history:
        document = read_exported(path, history.evidence.adopt)
        case = Case.read(_portable(document.case, str(document.case.get("snapshot") or "")))
        if case.run_id != document.run.run_id:
            raise UnreadableInput(f"{path} holds the case of another run", "Do not trust its origin.")
        history.log.adopt(document.run, document.steps)
        history.model_calls.adopt(document.run.run_id, document.model_calls)
        history.audit.adopt(document.run.run_id, [row.model_dump() for row in document.audit], document.head)
        runs = Runs(history, progress=progress)
        runs.adopt(document.run.run_id, cast("CaseState", case.model_dump(mode="json")))
        yield runs, document.run.run_id


def _answers(history: History, case: Case) -> tuple[Exchange, ...]:
    """What a case's model answered: a replay that changes nothing has it from the run that it replays."""
    if case.model is None:
        return ()
    return history.model_calls.of(case.replays if case.replays and not case.varied else case.run_id)


def _portable(state: dict[str, JsonValue], snapshot: str) -> dict[str, JsonValue]:
    """A state without what only means something on this machine."""
    kept = {name: value for name, value in state.items() if name not in _OF_THE_MACHINE}
    outcome = kept.get("outcome")
    if isinstance(outcome, dict) and isinstance(exported := outcome.get("exported"), list):
        kept["outcome"] = {**outcome, "exported": [PurePath(str(name)).name for name in exported]}
    if isinstance(rules := kept.get("rules"), dict):
        kept["rules"] = {**rules, "folder": ""}
    return {**kept, "place": Place(snapshot=snapshot or None).model_dump(mode="json")}


def _portable_step(step: StepRecord) -> StepRecord:
    given, gave = (
        {name: value for name, value in _portable(state, "").items() if name != "place"}
        for state in (step.input, step.output)
    )
    return step.model_copy(update={"input": given, "output": gave})
