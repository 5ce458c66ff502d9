"""Everything that is kept of runs, in one directory."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from cluster_doctor.domain.errors import RunError
from cluster_doctor.history.audit import Audit
from cluster_doctor.history.evidence_store import EvidenceStore
from cluster_doctor.history.home import open_home
from cluster_doctor.history.incident_index import IncidentIndex
from cluster_doctor.history.past import add_past_runs
from cluster_doctor.history.run_log import RunLog
from cluster_doctor.history.store import Store
from cluster_doctor.history.write_log import WriteLog

if TYPE_CHECKING:
    from langgraph.checkpoint.sqlite import SqliteSaver


class History:
    """The directory of runs: the log, the checkpoints, the evidence, past incidents, exported plans and locks.

    Close it, or use it in a `with` statement.
    """

    def __init__(self, home: str | os.PathLike[str] | None = None) -> None:
        """Open the directory; see `open_home` for where it is."""
        self.home = open_home(home)
        self.evidence = EvidenceStore(self.home / "evidence")
        self._store = Store(self.home / "runs.sqlite", "the list of runs", "Move it away.")
        try:
            self.log = RunLog(self._store)
            self.audit = Audit(self._store)
            self.writes = WriteLog(self._store)
        except RunError:
            self._store.close()
            raise

    @cached_property
    def checkpointer(self) -> SqliteSaver:
        """The checkpoints; opened when first needed, because LangGraph takes a second to load."""
        from cluster_doctor.history.checkpoints import open_checkpointer  # noqa: PLC0415 - as the docstring says

        return open_checkpointer(self.home / "checkpoints.sqlite")

    @cached_property
    def incidents(self) -> IncidentIndex:
        """The past incidents; opened when first needed, because a run does without them if they cannot be read.

        Raises:
            RunError: the index cannot be used.
        """
        index = IncidentIndex(self.home / "incidents.sqlite")
        try:
            if not index.is_complete:
                add_past_runs(index, self.log, self.evidence)
        except RunError:
            index.close()
            raise
        return index

    @property
    def runbooks(self) -> Path:
        """Where runbooks lie, unless a call names another folder."""
        return self.home / "runbooks"

    @property
    def locks(self) -> Path:
        """Where the locks of runs lie."""
        return self.home / "locks"

    @property
    def exports(self) -> Path:
        """Where approved plans are written."""
        return self.home / "exports"

    def close(self) -> None:
        """Close what is open."""
        self._store.close()
        if "checkpointer" in self.__dict__:
            self.checkpointer.conn.close()
        if "incidents" in self.__dict__:
            self.incidents.close()

    def __enter__(self) -> Self:
        """Use it in a `with` statement."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()
