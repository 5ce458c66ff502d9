"""What goes to a person: progress and errors on standard error, the report alone on standard output."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TextIO

from cluster_doctor.domain.errors import ClusterDoctorError
from cluster_doctor.reports.lines import Line, Tone
from cluster_doctor.reports.plain import harmless, one_line

WIDTH = 80
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
        if not (self._colour and self._out.isatty()):
            self.report("".join(f"{line.text}\n" for line in lines))
            return
        from rich.console import Console as RichConsole  # noqa: PLC0415 - only a terminal needs it
        from rich.text import Text  # noqa: PLC0415 - as above

        rich = RichConsole(file=self._out, highlight=False, soft_wrap=True)
        for line in lines:
            rich.print(Text(line.text, style=_STYLES[line.tone]))

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

    def ask(self, question: str) -> str:
        """Ask a person one question on the terminal; empty if the answer is the end of input."""
        self._err.write(f"{harmless(question)} ")
        self._err.flush()
        return sys.stdin.readline().strip()
