"""Everything that is kept of runs, in one directory or one database."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias

from cluster_doctor.history.audit import Audit
from cluster_doctor.history.contents import TableContents
from cluster_doctor.history.evidence_store import EvidenceStore
from cluster_doctor.history.home import database_of, open_home
from cluster_doctor.history.incident_index import IncidentIndex
from cluster_doctor.history.model_calls import ModelCalls
from cluster_doctor.history.past import add_past_runs
from cluster_doctor.history.run_log import RunLog
from cluster_doctor.history.store import Store
from cluster_doctor.history.write_log import WriteLog

if TYPE_CHECKING:
    from langgraph.checkpoint.postgres import PostgresSaver
    from langgraph.checkpoint.sqlite import SqliteSaver
    from sqlalchemy import URL


class History:
    """The directory of runs: the log, the checkpoints, the evidence, past incidents, exported plans and locks.

    Close it, or use it in a `with` statement. Several threads may work on one at once, so that a program that diagnoses
    often opens it once.
    """

    def __init__(self, home: str | os.PathLike[str] | None = None) -> None:
        """Open the directory, or the database and the directory beside it; see `open_home` for where it is.

        Raises:
            UsageError: the directory cannot be made, or what is named is neither.
            RunError: the list of runs cannot be used.
        """
        self.home = open_home(home)
        self._database = database_of(home)
        self._lock = threading.Lock()
        self._checkpointer: SqliteSaver | PostgresSaver | None = None
        self._incidents: IncidentIndex | None = None
        self._model_calls: ModelCalls | None = None
        with ExitStack() as opening:
            self._closing = opening
            self.store = self._opened("runs.sqlite", "the list of runs", "Move it away.")
            self.place = self.store.place if self._database else str(self.home)
            folder = self.home / "evidence"
            self.evidence = EvidenceStore(TableContents(self.store, folder) if self._database else folder)
            self.log = RunLog(self.store)
            self.audit = Audit(self.store)
            self.writes = WriteLog(self.store)
            self._closing = opening.pop_all()

    @property
    def checkpointer(self) -> SqliteSaver | PostgresSaver:
        """The checkpoints; opened when first needed, because LangGraph takes a second to load."""
        from cluster_doctor.history.checkpoints import open_checkpointer  # noqa: PLC0415 - as the docstring says

        with self._lock:
            if self._checkpointer is None:
                self._checkpointer = open_checkpointer(self._database or self.home / "checkpoints.sqlite")
            return self._checkpointer

    @property
    def model_calls(self) -> ModelCalls:
        """The calls of chat models; opened when first needed, because most runs make none.

        Raises:
            RunError: the list of runs cannot be used.
        """
        with self._lock:
            if self._model_calls is None:
                self._model_calls = ModelCalls(self.store)
            return self._model_calls

    @property
    def incidents(self) -> IncidentIndex:
        """The past incidents; opened when first needed, because a run does without them if they cannot be read.

        Raises:
            RunError: the index cannot be used.
        """
        with self._lock:
            if self._incidents is None:
                remedy = "Move it away; it is made again from the runs on record."
                index = IncidentIndex(self._opened("incidents.sqlite", "the index of past incidents", remedy))
                if not index.is_complete:
                    add_past_runs(index, self.log, self.evidence)
                self._incidents = index
            return self._incidents

    @property
    def runbooks(self) -> Path:
        """Where runbooks lie, unless a call names another folder."""
        return self.home / "runbooks"

    @property
    def locks(self) -> Path | URL:
        """Where the locks of runs lie."""
        return self._database or self.home / "locks"

    @property
    def exports(self) -> Path:
        """Where approved plans are written."""
        return self.home / "exports"

    def close(self) -> None:
        """Close what is open."""
        if self._checkpointer is not None:
            self._checkpointer.conn.close()
        self._closing.close()

    def _opened(self, file: str, holds: str, remedy: str) -> Store:
        store = Store(self._database or self.home / file, holds, remedy)
        self._closing.callback(store.close)
        return store

    def __enter__(self) -> Self:
        """Use it in a `with` statement."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


Home: TypeAlias = "History | str | os.PathLike[str] | None"
"""Where runs are kept: as `open_home` says, or a history that is open already."""


@contextmanager
def history_at(home: Home) -> Iterator[History]:
    """Open a history and close it; one that is open already is used as it is, and stays open.

    Raises:
        UsageError: the directory cannot be made, or what is named is neither.
        RunError: the list of runs cannot be used.
    """
    if isinstance(home, History):
        yield home
    else:
        with History(home) as history:
            yield history
