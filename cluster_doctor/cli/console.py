"""What goes to a person: progress and errors on standard error, the report alone on standard output."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from cluster_doctor.domain.errors import ClusterDoctorError
from cluster_doctor.reports.lines import Line, Tone
from cluster_doctor.reports.plain import harmless, one_line

if TYPE_CHECKING:
    from rich.console import Console as RichConsole
    from rich.text import Text

WIDTH, _NARROWEST = 80, 40
_STYLES = {
    Tone.HEADING: "bold",
    Tone.BAD: "red",
    Tone.GOOD: "green",
    Tone.UNSURE: "yellow",
    Tone.COMMAND: "cyan",
    Tone.PLAIN: "",
}


class Console:
    """Writes to a person's terminal, or to whatever stands in for it."""

    def __init__(self, *, colour: bool = True, out: TextIO | None = None, err: TextIO | None = None) -> None:
        """Choose where to write; colours need a terminal, and `NO_COLOR` turns them off."""
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self._colour = colour and not os.environ.get("NO_COLOR")

    @property
    def interactive(self) -> bool:
        """Whether there is a person who can be asked."""
        return sys.stdin.isatty() and self._err.isatty()

    def report(self, text: str) -> None:
        """Write a report to standard output."""
        self._out.write(text)
        self._out.flush()

    def lines(self, lines: Iterable[Line]) -> None:
        """Write the lines of a report, in colours where somebody sees them."""
        self._paint(lines, self._out)

    def view(self, lines: Iterable[Line]) -> None:
        """Write lines that a person needs for an answer to standard error, in colours where somebody sees them."""
        self._paint(lines, self._err)

    @property
    def columns(self) -> int:
        """Letters on a line of the person's terminal."""
        return max(shutil.get_terminal_size((WIDTH, 24)).columns, _NARROWEST)

    @property
    def width(self) -> int:
        """Letters on a line of text for the person: never more than of a report."""
        return min(self.columns, WIDTH)

    @property
    def can_move(self) -> bool:
        """Whether lines for the person can be written anew in place."""
        return self._err.isatty() and os.environ.get("TERM", "dumb") not in {"", "dumb", "unknown"}

    @property
    def rich(self) -> RichConsole:
        """Rich's way to standard error."""
        from rich.console import Console as RichConsole  # noqa: PLC0415 - only a terminal needs it

        return RichConsole(file=self._err, highlight=False, no_color=not self._colour)

    def painted(self, lines: Iterable[Line]) -> Text:
        """Lines in their colours, for Rich; each is cut where the terminal ends."""
        from rich.text import Text  # noqa: PLC0415 - only a terminal needs it

        return Text("\n", no_wrap=True, overflow="ellipsis").join(Text(line.text, _STYLES[line.tone]) for line in lines)

    def _paint(self, lines: Iterable[Line], target: TextIO) -> None:
        if not (self._colour and target.isatty()):
            target.write("".join(f"{line.text}\n" for line in lines))
            target.flush()
            return
        from rich.console import Console as RichConsole  # noqa: PLC0415 - only a terminal needs it
        from rich.text import Text  # noqa: PLC0415 - as above

        rich = RichConsole(file=target, highlight=False, soft_wrap=True)
        for line in lines:
            rich.print(Text(line.text, _STYLES[line.tone]))

    def progress(self, line: str) -> None:
        """Write one line about what goes on to standard error."""
        self._err.write(f"· {one_line(line)}\n")
        self._err.flush()

    def say(self, text: str) -> None:
        """Write something that a person should read to standard error."""
        self._err.write(f"{harmless(text)}\n")
        self._err.flush()

    def error(self, error: ClusterDoctorError) -> None:
        """Write an error: what happened, and what to do."""
        self.say(f"Error: {error.what}")
        if error.next_step:
            self.say(f"  {error.next_step}")

    def ask(self, question: str) -> str | None:
        """Ask a person one question on the terminal; None if the input has come to its end, and nobody is there."""
        self._err.write(f"{harmless(question)} ")
        self._err.flush()
        said = sys.stdin.readline()
        if not said:
            self._err.write("\n")
            return None
        return said.strip()
