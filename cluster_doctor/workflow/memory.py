"""Knows what is kept in the history and written in runbooks, as far as it bears on a case."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.errors import RunError, SourceError
from cluster_doctor.domain.recurrence import Recurrence
from cluster_doctor.domain.runbook import RunbookMatch
from cluster_doctor.history.history import History
from cluster_doctor.history.recurring import recurrences
from cluster_doctor.inference.runbooks.match import match_runbooks
from cluster_doctor.inference.runbooks.page import Page
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.protocol import Progress
from cluster_doctor.sources.runbooks import is_folder, read_runbooks
from cluster_doctor.workflow.state import Case


class KeptMemory:
    """Looks causes up. What cannot be read is noted, told at once, and stops no diagnosis."""

    def __init__(self, history: History, progress: Progress, case: Case, cluster: ClusterSnapshot) -> None:
        """Remember for one case, on the picture that it has come to."""
        self._history = history
        self._progress = progress
        self._case = case
        self._cluster = cluster
        self._notes: dict[str, None] = {}
        self._is_lost = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be read so far, each once."""
        return tuple(self._notes)

    def recurrences(self, cause: RootCause) -> tuple[Recurrence, ...]:
        """Tell which past incidents resemble a cause."""
        if self._is_lost:  # asking again may mean to wait again for whoever holds the index
            return ()
        try:
            return recurrences(self._history.incidents, cause, self._case.snapshot, self._cluster.identity)
        except RunError as error:
            self._is_lost = True
            self._note(f"whether this was seen before is not known: {error.sentence}")
            return ()

    def runbooks(self, cause: RootCause) -> tuple[RunbookMatch, ...]:
        """Tell which runbooks fit a cause."""
        matches, notes = match_runbooks(self._pages, cause)
        for note in notes:
            self._note(note)
        return matches

    @cached_property
    def _pages(self) -> tuple[Page, ...]:
        named = self._case.runbooks
        folder = Path(named) if named else self._history.runbooks
        if not named and not is_folder(folder):
            return ()
        try:
            found = read_runbooks(folder)
        except SourceError as error:
            self._note(f"no runbook was read: {error.what}")
            return ()
        pages = tuple(map(Page, found.texts))
        for note in (*found.notes, *(page.note for page in pages if page.note)):
            self._note(note)
        return pages

    def _note(self, text: str) -> None:
        if text not in self._notes:
            self._notes[text] = None
            self._progress(text)
