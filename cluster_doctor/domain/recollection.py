"""What was known beside the evidence when a run looked."""

from __future__ import annotations

from typing import Protocol

from pydantic import BaseModel, ConfigDict

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.recurrence import Recurrence
from cluster_doctor.domain.runbook import RunbookMatch


class Recollection(BaseModel):
    """Recurrences and runbooks by the fingerprint of the cause that they belong to.

    It is kept with the run, so that a replay tells the same though more has happened since. `notes` say what of it
    could not be read.
    """

    model_config = ConfigDict(frozen=True)

    recurrences: dict[str, tuple[Recurrence, ...]] = {}
    runbooks: dict[str, tuple[RunbookMatch, ...]] = {}
    notes: tuple[str, ...] = ()

    def beside(self, cause: RootCause) -> RootCause:
        """Put beside a cause what belongs to it; nothing else of it changes."""
        return cause.model_copy(
            update={
                "seen_before": self.recurrences.get(cause.fingerprint, ()),
                "runbooks": self.runbooks.get(cause.fingerprint, ()),
            }
        )


class Memory(Protocol):
    """Knows earlier runs and runbooks; injected, because both are read from files."""

    def recurrences(self, cause: RootCause) -> tuple[Recurrence, ...]:
        """Tell which past incidents resemble a cause."""
        ...

    def runbooks(self, cause: RootCause) -> tuple[RunbookMatch, ...]:
        """Tell which runbooks fit a cause."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be read so far."""
        ...


class NoMemory:
    """Remembers nothing."""

    notes: tuple[str, ...] = ()

    def recurrences(self, cause: RootCause) -> tuple[Recurrence, ...]:  # noqa: ARG002 - there is nothing to compare
        """Tell of nothing."""
        return ()

    def runbooks(self, cause: RootCause) -> tuple[RunbookMatch, ...]:  # noqa: ARG002 - as above
        """Tell of nothing."""
        return ()
