"""What programs say in certain words: a pattern, and the words without which a whole log need not be read for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cluster_doctor.snapshot.log_lines.line import LONGEST
from cluster_doctor.snapshot.records import ContainerLog


@dataclass(frozen=True)
class Wording:
    """A pattern for lines.

    Attributes:
        pattern: what a line says.
        words: in lower case; every line that the pattern matches holds one of them, in whatever case.
    """

    pattern: re.Pattern[str]
    words: tuple[str, ...]

    def search(self, line: str) -> re.Match[str] | None:
        """Look for it in one line."""
        return self.pattern.search(line, 0, LONGEST)

    def newest_in(self, log: ContainerLog, last: int) -> Iterator[tuple[int, re.Match[str]]]:
        """Yield where it stands among the last lines of a log, the newest first."""
        for position in log.newest_holding(self.words, last):
            if found := self.search(log.lines[position]):
                yield position, found


def wording(pattern: str, *words: str, any_case: bool = False) -> Wording:
    """Make a wording.

    Args:
        pattern: what a line says, as a regular expression.
        words: in lower case; every line that the pattern matches holds one of them.
        any_case: whether capitals make no difference.
    """
    return Wording(re.compile(pattern, re.IGNORECASE if any_case else 0), words)
