"""Where somebody wrote an object down."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """A line of a file, for those who have to change it. Line 0 means somewhere in the file."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        """`shop/web.yaml:12`."""
        return f"{self.file}:{self.line}" if self.line else self.file

    @property
    def folder(self) -> str:
        """The folder that the file lies in, empty for the current one."""
        return self.file.rpartition("/")[0]
