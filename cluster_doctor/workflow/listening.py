"""Tells whoever listens how a run comes along."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeAlias

from langgraph.errors import GraphBubbleUp
from pydantic import JsonValue

from cluster_doctor.domain.progress import ProgressKind, ProgressNote
from cluster_doctor.workflow.bench import Journal, Turn

Heard: TypeAlias = "Callable[[ProgressNote], None]"


class Teller:
    """Makes notes of what progress and journal of a run say, and writes turns down where they belong."""

    def __init__(self, heard: Heard, journal: Journal) -> None:
        """Tell one listener; `journal` writes the turns down."""
        self._heard = heard
        self._journal = journal
        self._run_id = ""

    def step(self, text: str) -> None:
        """Tell a step of long work."""
        self._tell(ProgressKind.STEP, text=text)

    @contextmanager
    def turn(self, run_id: str, node: str, given: dict[str, JsonValue]) -> Iterator[Turn]:
        """Accompany one node's turn."""
        self._run_id = run_id
        self._tell(ProgressKind.NODE_BEGAN, node=node)
        ended = "failed"
        try:
            with self._journal.turn(run_id, node, given) as turn:
                yield turn
            ended = "done"
        except GraphBubbleUp:
            ended = "waits for an answer"
            raise
        finally:
            self._tell(ProgressKind.NODE_ENDED, node=node, text=ended)

    def _tell(self, kind: ProgressKind, node: str = "", text: str = "") -> None:
        note = ProgressNote(kind=kind, at=datetime.now(UTC), run_id=self._run_id, node=node, text=text)
        self._heard(note)
