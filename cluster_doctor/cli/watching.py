"""Lets a person watch a run: on a terminal as lines that change, anywhere else as plain lines, one after another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cluster_doctor.cli.run_view import RunView

if TYPE_CHECKING:
    from rich.console import RenderableType

    from cluster_doctor.cli.console import Console
    from cluster_doctor.history.history import History
    from cluster_doctor.workflow.bench import Journal

_A_SECOND = 4
"""How often the lines are written anew: slow connections carry it."""


class Watch:
    """Where a run tells how it comes along; `progress` and `journal` go to `Runs`."""

    def __init__(self, console: Console, history: History) -> None:
        """Show it on a console; turns are written down in a history."""
        from cluster_doctor.workflow.bench import LoggedTurns  # noqa: PLC0415 - LangGraph takes a second to load
        from cluster_doctor.workflow.listening import Teller  # noqa: PLC0415 - as above

        self._console, self._shown, self._view = console, False, RunView()
        self._teller = Teller(self._view.hear, LoggedTurns(history.log))

    @property
    def journal(self) -> Journal:
        """Writes the turns down, and shows them."""
        return self._teller

    def progress(self, line: str) -> None:
        """Show a step; as a line of its own where no lines that change are shown."""
        if self._shown:
            self._teller.step(line)
        else:
            self._console.progress(line)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the run while the block works; what it came to stays on the screen."""
        if not self._console.can_move:
            yield
            return
        from rich.live import Live  # noqa: PLC0415 - only a terminal needs it

        with Live(
            get_renderable=self._rendered,
            console=self._console.rich,
            refresh_per_second=_A_SECOND,
            redirect_stdout=False,
            redirect_stderr=False,
        ):
            self._shown = True
            try:
                yield
            finally:
                self._shown = False

    def _rendered(self) -> RenderableType:
        return self._console.painted(self._view.lines(datetime.now(UTC), self._console.columns))
