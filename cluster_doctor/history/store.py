"""One opened SQL database: SQLite by default, Postgres where several machines share one history.

Both are spoken to through SQLAlchemy, so that what is kept is said once. This is the only place that knows how a
transaction begins, how durable it is and what a database's error means to a user.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import (
    URL,
    Column,
    Connection,
    CursorResult,
    Dialect,
    Engine,
    Table,
    Text,
    create_engine,
    event,
    false,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateColumn
from sqlalchemy.types import TypeDecorator

from cluster_doctor.domain.errors import RunError
from cluster_doctor.history.postgres import PATIENCE, UNREACHABLE, not_installed
from cluster_doctor.history.write_ahead import use_write_ahead_log

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection

_DURABLE = "durable"
_ON_DISK = """
    SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'
"""
"""What makes a transaction wait for the server's disk; a server that waits for more than that is left so."""
_WRITES = "writes"
_DAMAGED = "Restore the database from its backup, and find out who changed it."
_BUSY = "Check the disk, and whether another process holds the file."


class StoredText(TypeDecorator[str]):
    """Text that both databases take and order alike.

    Lone surrogates, which come from a terminal with another encoding, are replaced, and so is NUL, which Postgres
    refuses. Postgres compares by code point, as SQLite does, not by the order of a language.
    """

    impl = Text
    cache_ok = True

    def __init__(self, *, ignore_case: bool = False) -> None:
        """Say whether SQLite compares without case; Postgres is asked for that where it compares."""
        super().__init__()
        self.ignore_case = ignore_case

    def load_dialect_impl(self, dialect: Dialect) -> Any:  # noqa: ANN401 - the signature is SQLAlchemy's
        """Choose the order by which the database compares."""
        collation = "C" if dialect.name == "postgresql" else "NOCASE" if self.ignore_case else None
        return dialect.type_descriptor(Text(collation=collation))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - as above
        """Make a text storable."""
        return None if value is None else storable(value)


def storable(said: str) -> str:
    """Make of a text what both databases give back as it is."""
    return said.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


class Store:
    """An opened database. Several processes and threads may use it at once."""

    def __init__(self, place: Path | URL, holds: str, remedy: str) -> None:
        """Open a file, which is made if it is not there, or a database on a server.

        Args:
            place: the file, or the address of the server's database.
            holds: what is kept there, in words for errors.
            remedy: what helps where a file is damaged.

        Raises:
            RunError: it cannot be opened.
        """
        self.place = str(place) if isinstance(place, Path) else place.render_as_string(hide_password=True)
        self._holds = holds
        self._remedy = remedy if isinstance(place, Path) else _DAMAGED
        with self._errors():
            if isinstance(place, Path):
                place.touch(mode=0o600, exist_ok=True)
            self._engine = _sqlite(place) if isinstance(place, Path) else _postgres(place)

    @property
    def on_server(self) -> bool:
        """Whether this is Postgres."""
        return self._engine.dialect.name == "postgresql"

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def writing(self, *, durable: bool = False) -> Iterator[Connection]:
        """Write in one transaction, which holds if nothing is raised, and one after another on SQLite.

        Args:
            durable: whether it shall outlive a power cut right after; else it outlives the death of the process.

        Raises:
            RunError: the database cannot be used.
        """
        with self._errors(), self._engine.connect() as connection:
            marked = connection.execution_options(**{_WRITES: True, _DURABLE: durable})
            with marked.begin():
                if durable and self.on_server:
                    marked.execute(text(_ON_DISK))
                yield marked

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read, all at one moment.

        Raises:
            RunError: the database cannot be used.
        """
        with self._errors(), self._engine.connect() as connection:
            if self.on_server:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def make(self, tables: Sequence[Table]) -> None:
        """Make the tables that are not there, and the columns that an older file lacks.

        Raises:
            RunError: the database is none, or cannot be used.
        """
        if self._are_whole(tables):
            return
        with self.writing() as connection:
            if self.on_server:
                # Two processes that make one table at once would get an error from Postgres' own catalogue.
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('cluster-doctor tables', 0))"))
            for table, column in list(_missing(connection, tables)):
                if column is None:
                    table.create(connection)
                else:
                    made = CreateColumn(column).compile(dialect=self._engine.dialect)
                    connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {made}"))

    def _are_whole(self, tables: Sequence[Table]) -> bool:
        """Whether tables and columns are there: asking for no rows is far quicker than asking what there is.

        Raises:
            RunError: the database cannot be used.
        """
        with self._errors():
            try:
                with self._engine.connect() as connection:
                    for table in tables:
                        connection.execute(select(table).where(false()))
            except ProgrammingError:  # Postgres: undefined table or column
                return False
            except OperationalError as error:  # SQLite: no such table or column, among much else
                if self.on_server or not str(error.orig).startswith("no such"):
                    raise
                return False
        return True

    def damaged(self, error: Exception) -> RunError:
        """Tell that a record cannot be read."""
        told = RunError(f"{self.place}, {self._holds}, holds a damaged record", self._remedy)
        told.__cause__ = error
        return told

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            said = str(getattr(error, "orig", None) or error).strip()
            passing = isinstance(error, OperationalError | OSError)
            remedy = f"{_BUSY} {self._remedy}" if passing else self._remedy
            if passing and self._remedy == _DAMAGED:
                remedy = UNREACHABLE
            raise RunError(f"{self.place}, {self._holds}, cannot be used: {said}", remedy) from error


def _missing(connection: Connection, tables: Sequence[Table]) -> Iterator[tuple[Table, Column[Any] | None]]:
    """List the tables that are not there, and the columns that are missing from those that are."""
    there = inspect(connection)
    named = set(there.get_table_names())
    for table in tables:
        if table.name not in named:
            yield table, None
            continue
        known = {column["name"] for column in there.get_columns(table.name)}
        yield from ((table, column) for column in table.columns if column.name not in known)


def number_of(made: CursorResult[Any]) -> int:
    """Tell the number that the database gave to the row that was just inserted."""
    return int((made.inserted_primary_key or (0,))[0])


def _sqlite(path: Path) -> Engine:
    """Open a file with a write-ahead log; a transaction that writes takes the lock at its beginning.

    A history is opened for each diagnosis, and SQLAlchemy takes longer to word the statements for a new engine than
    SQLite takes to do them: all files share what was worded once.
    """

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        # What was damaged is read as far as it goes; whoever reads it sees that it is not what was written.
        connection.text_factory = lambda content: content.decode("utf-8", "surrogateescape")
        use_write_ahead_log(connection)
        return connection

    dialect = _sqlite_dialect()
    pool, url = (
        QueuePool(cast("Callable[[], DBAPIConnection]", connect), dialect=dialect),
        URL.create("sqlite", database=str(path)),
    )
    engine = Engine(pool, dialect, url, execution_options={"compiled_cache": _WORDED})

    @event.listens_for(engine, "begin")
    def _began(connection: Connection) -> None:
        # With a write-ahead log, NORMAL outlives the death of the process and FULL a power cut as well; FULL brings to
        # the disk what was written before by the way, because the log is one file.
        asked = connection.get_execution_options()
        pooled = connection.connection
        raw, wanted = pooled.driver_connection, "FULL" if asked.get(_DURABLE) else "NORMAL"
        if isinstance(raw, sqlite3.Connection):
            if pooled.info.get(_DURABLE) != wanted:
                raw.execute(f"PRAGMA synchronous={wanted}")
                pooled.info[_DURABLE] = wanted
            raw.execute("BEGIN IMMEDIATE" if asked.get(_WRITES) else "BEGIN")

    return engine


@cache
def _sqlite_dialect() -> Dialect:
    """Find out once what this SQLite can do."""
    engine = create_engine("sqlite://")
    with engine.connect():
        dialect = engine.dialect
    engine.dispose()
    return dialect


_WORDED: dict[Any, Any] = {}
"""Statements of this program as SQLite gets them: a few dozen, whatever is kept. Values are no part of them."""


def _postgres(url: URL) -> Engine:
    """Open a database on a server; a connection that was lost since is replaced before it is used."""
    try:
        return create_engine(
            url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, connect_args={"connect_timeout": PATIENCE}
        )
    except ImportError as error:
        raise not_installed() from error
