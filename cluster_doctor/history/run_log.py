"""The list of runs, and the timeline of each."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter, ValidationError
from sqlalchemy import (
    Column,
    Connection,
    Executable,
    Index,
    Integer,
    MetaData,
    Row,
    Table,
    bindparam,
    desc,
    insert,
    select,
    text,
    update,
)

from cluster_doctor.domain.errors import RunError
from cluster_doctor.history.store import Store, StoredText, number_of

_ALL = MetaData()
RUNS = Table(
    "runs",
    _ALL,
    Column("run_id", StoredText, primary_key=True),
    Column("began_at", StoredText, nullable=False),
    Column("ended_at", StoredText),
    Column("state", StoredText, nullable=False),
    Column("incident", StoredText, nullable=False),
    Column("origin", StoredText, nullable=False),
    Column("summary", StoredText, nullable=False, server_default=""),
    Column("audit_sequence", Integer, nullable=False, server_default=text("0")),
    Column("audit_hash", StoredText, nullable=False, server_default=""),
)
"""The runs; the last two columns are the anchor of the audit record, which files from before it lack."""
_STEPS = Table(
    "steps",
    _ALL,
    Column("step", Integer, primary_key=True),
    Column("run_id", StoredText, nullable=False),
    Column("node", StoredText, nullable=False),
    Column("began_at", StoredText, nullable=False),
    Column("ended_at", StoredText),
    Column("state", StoredText, nullable=False),
    Column("input", StoredText, nullable=False),
    Column("output", StoredText, nullable=False, server_default="{}"),
    Index("steps_of_run", "run_id", "step"),
    sqlite_autoincrement=True,
)
_BEGIN_STEP = insert(_STEPS)
_END_STEP = update(_STEPS).where(_STEPS.c.step == bindparam("ended"))
_MARK = update(RUNS).where(RUNS.c.run_id == bindparam("marked"))
"""Built once: SQLAlchemy takes longer to build a statement than SQLite to carry it out."""


class RunState(StrEnum):
    """How far a run has come."""

    RUNNING = "running"
    WAITING = "waiting for approval"
    MERGING = "waiting for a merge"
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
    """Keeps runs and steps."""

    def __init__(self, store: Store) -> None:
        """Keep them in a store, whose tables are made if they are not there.

        Raises:
            RunError: the store cannot be used.
        """
        self._store = store
        self._ended: deque[dict[str, object]] = deque()
        store.make((RUNS, _STEPS))

    def begin(self, run_id: str, incident: str, origin: str) -> None:
        """Put a new run on record."""
        values = {"run_id": run_id, "began_at": _now(), "state": RunState.RUNNING}
        with self._store.writing() as connection:
            connection.execute(insert(RUNS).values(**values, incident=incident, origin=origin))

    def adopt(self, run: RunRecord, steps: Sequence[StepRecord]) -> None:
        """Put a run on record that was made elsewhere.

        Raises:
            RunError: there is a run of that id, or the record cannot be used.
        """
        with self._store.writing() as connection:
            connection.execute(insert(RUNS).values(**_written(run)))
            for step in steps:
                written = _written(step, without={"step"})
                texts = {name: _PLAIN.dump_json(getattr(step, name)).decode() for name in ("input", "output")}
                connection.execute(insert(_STEPS).values(**{**written, **texts}))

    def mark(self, run_id: str, state: RunState, summary: str = "") -> None:
        """Note how far a run has come."""
        ended = None if state in {RunState.RUNNING, RunState.WAITING} else _now()
        with self._store.writing() as connection:
            self._write_ended(connection)
            values = {"state": state, "ended_at": ended, "summary": summary}
            connection.execute(_MARK, {"marked": run_id, **values})

    def runs(self, limit: int = 50) -> list[RunRecord]:
        """List the latest runs, newest first."""
        rows = self._read(select(RUNS).order_by(desc(RUNS.c.began_at), desc(RUNS.c.run_id)).limit(limit))
        return [self._record(RunRecord, row._asdict()) for row in rows]

    def run(self, run_id: str) -> RunRecord:
        """Find a run by its id, or by the beginning of it where that is unique.

        Raises:
            RunError: there is none, or more than one.
        """
        rows = self._read(select(RUNS).where(RUNS.c.run_id == run_id))
        if not rows and run_id:
            rows = self._read(select(RUNS).where(RUNS.c.run_id.startswith(run_id, autoescape=True)))
        if not rows:
            raise RunError(f"there is no run {run_id[:80]!r}", "`cluster-doctor runs list` shows those on record.")
        if len(rows) > 1:
            raise RunError(f"{len(rows)} runs begin with {run_id!r}", "Give more of the id.")
        return self._record(RunRecord, rows[0]._asdict())

    def steps(self, run_id: str) -> list[StepRecord]:
        """List a run's steps in order."""
        found = []
        for row in self._read(select(_STEPS).where(_STEPS.c.run_id == run_id).order_by(_STEPS.c.step)):
            plain = {**row._asdict(), "input": _json(row.input), "output": _json(row.output)}
            found.append(self._record(StepRecord, plain))
        return found

    def begin_step(self, run_id: str, node: str, given: dict[str, JsonValue]) -> int:
        """Note that a node takes its turn; return the step's number."""
        values = {"run_id": run_id, "node": node, "began_at": _now(), "state": StepState.STARTED}
        with self._store.writing() as connection:
            self._write_ended(connection)
            made = connection.execute(_BEGIN_STEP, {**values, "input": _PLAIN.dump_json(given).decode()})
            return number_of(made)

    def end_step(self, step: int, state: StepState, output: dict[str, JsonValue], *, later: bool = False) -> None:
        """Note how a node's turn ended.

        Args:
            step: the step's number.
            state: how it ended.
            output: what the node returned.
            later: whether it may be written with what is written next, or by `settle`; until then the step looks as if
                it had been killed, and is, if the process dies.
        """
        values = {"ended_at": _now(), "state": state, "output": _PLAIN.dump_json(output).decode()}
        self._ended.append({"ended": step, **values})
        if not later:
            self.settle()

    def settle(self) -> None:
        """Write down what was left for later."""
        if self._ended:
            with self._store.writing() as connection:
                self._write_ended(connection)

    def _write_ended(self, connection: Connection) -> None:
        with suppress(IndexError):
            while True:
                connection.execute(_END_STEP, self._ended.popleft())

    def _read(self, statement: Executable) -> list[Row[tuple[object, ...]]]:
        with self._store.reading() as connection:
            return list(connection.execute(statement))

    def _record(self, form: type[_R], row: dict[str, object]) -> _R:
        try:
            return form.model_validate(row)
        except ValidationError as error:
            raise self._store.damaged(error) from error


def _written(record: BaseModel, without: set[str] | None = None) -> dict[str, object]:
    """A record as it is stored: times as they are written."""
    plain = record.model_dump(exclude=without)
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in plain.items()}


def _json(stored: str) -> object:
    try:
        return _PLAIN.validate_json(stored)
    except ValidationError:
        return {}


def _now() -> str:
    return datetime.now(UTC).isoformat()
