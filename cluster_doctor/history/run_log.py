"""The list of runs, and the timeline of each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter, ValidationError

from cluster_doctor.domain.errors import RunError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    run_id TEXT PRIMARY KEY, began_at TEXT NOT NULL, ended_at TEXT, state TEXT NOT NULL,
    incident TEXT NOT NULL, origin TEXT NOT NULL, summary TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS steps (
    step INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, node TEXT NOT NULL, began_at TEXT NOT NULL,
    ended_at TEXT, state TEXT NOT NULL, input TEXT NOT NULL, output TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS steps_of_run ON steps (run_id, step);
"""


class RunState(StrEnum):
    """How far a run has come."""

    RUNNING = "running"
    WAITING = "waiting for approval"
    FINISHED = "finished"
    FAILED = "failed"


class StepState(StrEnum):
    """How a step ended; one that stays STARTED was killed."""

    STARTED = "started"
    DONE = "done"
    WAITING = "waiting"
    FAILED = "failed"


class RunRecord(BaseModel):
    """One run on record."""

    model_config = ConfigDict(frozen=True)

    run_id: str
    began_at: datetime
    ended_at: datetime | None
    state: RunState
    incident: str
    origin: str
    summary: str


class StepRecord(BaseModel):
    """One node's turn: when, with what, and what came of it."""

    model_config = ConfigDict(frozen=True)

    step: int
    run_id: str
    node: str
    began_at: datetime
    ended_at: datetime | None
    state: StepState
    input: dict[str, JsonValue]
    output: dict[str, JsonValue]


_R = TypeVar("_R", bound=BaseModel)
_PLAIN = TypeAdapter(dict[str, JsonValue])


class RunLog:
    """Keeps runs and steps in SQLite."""

    def __init__(self, path: Path) -> None:
        """Open the log, which is made if it is not there.

        Raises:
            RunError: the file is no SQLite database.
        """
        path.touch(mode=0o600, exist_ok=True)
        self._path = path
        self._connection = sqlite3.connect(path, check_same_thread=False, timeout=30, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        try:
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise RunError(f"{path} cannot be read as a list of runs: {error}", "Move it away.") from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def begin(self, run_id: str, incident: str, origin: str) -> None:
        """Put a new run on record."""
        self._write(
            "INSERT INTO runs (run_id, began_at, state, incident, origin) VALUES (?, ?, ?, ?, ?)",
            run_id, _now(), RunState.RUNNING, incident, origin,
        )  # fmt: skip

    def mark(self, run_id: str, state: RunState, summary: str = "") -> None:
        """Note how far a run has come."""
        ended = None if state in {RunState.RUNNING, RunState.WAITING} else _now()
        self._write(
            "UPDATE runs SET state = ?, ended_at = ?, summary = ? WHERE run_id = ?", state, ended, summary, run_id,
        )  # fmt: skip

    def runs(self, limit: int = 50) -> list[RunRecord]:
        """List the latest runs, newest first."""
        return [
            self._record(RunRecord, row)
            for row in self._read("SELECT * FROM runs ORDER BY began_at DESC, run_id DESC LIMIT ?", limit)
        ]

    def run(self, run_id: str) -> RunRecord:
        """Find a run by its id, or by the beginning of it where that is unique.

        Raises:
            RunError: there is none, or more than one.
        """
        rows = self._read("SELECT * FROM runs WHERE run_id = ?", run_id)
        if not rows and run_id:
            pattern = run_id.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
            rows = self._read("SELECT * FROM runs WHERE run_id LIKE ? ESCAPE '\\'", pattern)
        if not rows:
            raise RunError(f"there is no run {run_id[:80]!r}", "`cluster-doctor runs list` shows those on record.")
        if len(rows) > 1:
            raise RunError(f"{len(rows)} runs begin with {run_id!r}", "Give more of the id.")
        return self._record(RunRecord, rows[0])

    def steps(self, run_id: str) -> list[StepRecord]:
        """List a run's steps in order."""
        found = []
        for row in self._read("SELECT * FROM steps WHERE run_id = ? ORDER BY step", run_id):
            plain = {**dict(row), "input": _json(row["input"]), "output": _json(row["output"])}
            found.append(self._record(StepRecord, plain))
        return found

    def begin_step(self, run_id: str, node: str, given: dict[str, JsonValue]) -> int:
        """Note that a node takes its turn; return the step's number."""
        return self._write(
            "INSERT INTO steps (run_id, node, began_at, state, input) VALUES (?, ?, ?, ?, ?)",
            run_id, node, _now(), StepState.STARTED, _PLAIN.dump_json(given).decode(),
        )  # fmt: skip

    def end_step(self, step: int, state: StepState, output: dict[str, JsonValue]) -> None:
        """Note how a node's turn ended."""
        self._write(
            "UPDATE steps SET ended_at = ?, state = ?, output = ? WHERE step = ?",
            _now(), state, _PLAIN.dump_json(output).decode(), step,
        )  # fmt: skip

    def _write(self, statement: str, *values: object) -> int:
        with self._errors():
            return self._connection.execute(statement, values).lastrowid or 0

    def _read(self, statement: str, *values: object) -> list[sqlite3.Row]:
        with self._errors():
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise RunError(f"{self._path} cannot be used: {error}", "Check the disk and the file.") from error

    def _record(self, form: type[_R], row: object) -> _R:
        try:
            return form.model_validate(dict(row) if isinstance(row, sqlite3.Row) else row)
        except ValidationError as error:
            raise RunError(f"{self._path} holds a damaged record", "Move it away to begin anew.") from error


def _json(text: str) -> object:
    try:
        return _PLAIN.validate_json(text)
    except ValidationError:
        return {}


def _now() -> str:
    return datetime.now(UTC).isoformat()
