"""The calls of chat models: what came back, so that a run replays, and what they took, so that a day's bound holds.

A call is entered before it is made, with the most that it may take, and settled when it is over. So two processes
that spend from one bound cannot both take its last, and what a kill cut off counts in full.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue, TypeAdapter, ValidationError
from sqlalchemy import (
    Column,
    Connection,
    Executable,
    Float,
    Index,
    Integer,
    MetaData,
    Table,
    delete,
    func,
    insert,
    select,
)

from cluster_doctor.domain.exchange import Exchange
from cluster_doctor.domain.model_use import Budget, Usage
from cluster_doctor.history.store import Store, StoredText

_ALL = MetaData()
_CALLS = Table(
    "model_calls",
    _ALL,
    Column("run_id", StoredText, primary_key=True),
    Column("request", StoredText, primary_key=True),
    Column("model", StoredText, nullable=False),
    Column("reply", StoredText, nullable=False, server_default=""),
    Column("failure", StoredText, nullable=False, server_default=""),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("usd", Float, nullable=False),
    Column("at", StoredText, nullable=False),
    Index("model_calls_by_time", "at"),
)
_PLAIN: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)


class ModelCalls:
    """Keeps calls by run and request."""

    def __init__(self, store: Store) -> None:
        """Keep them in a store, whose table is made if it is not there.

        Raises:
            RunError: the store cannot be used.
        """
        self._store = store
        store.make((_CALLS,))

    def find(self, run_id: str, request: str) -> Exchange | None:
        """Look up what came back of a call; None if it was never made, or cut off.

        Raises:
            RunError: the record is damaged.
        """
        wanted = select(_CALLS).where(_CALLS.c.run_id == run_id, _CALLS.c.request == request)
        return next(iter(self._read(wanted)), None)

    def of(self, run_id: str) -> tuple[Exchange, ...]:
        """List the calls of a run that came back, in order of time."""
        wanted = select(_CALLS).where(_CALLS.c.run_id == run_id).order_by(_CALLS.c.at, _CALLS.c.request)
        return tuple(self._read(wanted))

    def reserve(self, run_id: str, intended: Exchange, budget: Budget) -> str:
        """Enter a call before it is made; say why it may not be made, empty if it may.

        Args:
            run_id: the run that makes it.
            intended: the call, with the most that it may take.
            budget: its bounds of the day hold over all runs.
        """
        with self._store.writing() as connection:
            refusal = _over_day(connection, intended, budget)
            if not refusal:
                _put(connection, run_id, intended)
            return refusal

    def settle(self, run_id: str, made: Exchange) -> None:
        """Enter what came back of a call, in place of what was reserved for it."""
        with self._store.writing() as connection:
            _put(connection, run_id, made)

    def adopt(self, run_id: str, calls: Sequence[Exchange]) -> None:
        """Take over the calls of a run that was made elsewhere."""
        with self._store.writing() as connection:
            for call in calls:
                _put(connection, run_id, call)

    def _read(self, wanted: Executable) -> list[Exchange]:
        with self._store.reading() as connection:
            rows: list[dict[str, object]] = [row._asdict() for row in connection.execute(wanted)]
        try:
            return [_exchange(row) for row in rows if row["reply"] or row["failure"]]
        except ValidationError as error:
            raise self._store.damaged(error) from error


def _exchange(row: dict[str, object]) -> Exchange:
    reply = str(row["reply"])
    return Exchange(
        request=str(row["request"]),
        model=str(row["model"]),
        reply=_PLAIN.validate_json(reply) if reply else None,
        failure=str(row["failure"]),
        usage=Usage.model_validate({"calls": 1, **{name: row[name] for name in _TAKEN}}),
        at=datetime.fromisoformat(str(row["at"])),
    )


_TAKEN = ("input_tokens", "output_tokens", "seconds", "usd")


def _put(connection: Connection, run_id: str, call: Exchange) -> None:
    connection.execute(delete(_CALLS).where(_CALLS.c.run_id == run_id, _CALLS.c.request == call.request))
    connection.execute(
        insert(_CALLS).values(
            run_id=run_id,
            request=call.request,
            model=call.model,
            reply="" if call.reply is None else _PLAIN.dump_json(call.reply).decode(),
            failure=call.failure,
            at=call.at.isoformat(),
            **{name: getattr(call.usage, name) for name in _TAKEN},
        )
    )


def _over_day(connection: Connection, intended: Exchange, budget: Budget) -> str:
    if budget.day_calls is budget.day_tokens is budget.day_usd is None:
        return ""
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    columns = _CALLS.c
    calls, tokens, usd = connection.execute(
        select(
            func.count(),
            func.coalesce(func.sum(columns.input_tokens + columns.output_tokens), 0),
            func.coalesce(func.sum(columns.usd), 0.0),
        ).where(columns.at >= day.isoformat(), columns.at < (day + timedelta(days=1)).isoformat())
    ).one()
    if budget.day_calls is not None and calls + 1 > budget.day_calls:
        return f"the day's {budget.day_calls} calls are used up"
    if budget.day_tokens is not None and tokens + intended.usage.tokens > budget.day_tokens:
        return f"the day's {budget.day_tokens} tokens are used up"
    if budget.day_usd is not None and usd + intended.usage.usd > budget.day_usd:
        return f"the day's {budget.day_usd} US dollars are used up"
    return ""
