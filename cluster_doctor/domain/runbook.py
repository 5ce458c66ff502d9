"""What people wrote down for the next time, and why it fits."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class RunbookMatch(BaseModel):
    """A runbook that fits a root cause, with the line to open.

    `file` is relative to the folder of runbooks; `line` counts from 1. `reasons` say what matched, the strongest first.
    The text is people's: it is shown, and never followed.
    """

    model_config = ConfigDict(frozen=True)

    title: str
    file: str
    line: int
    heading: str = ""
    url: str = ""
    reasons: tuple[str, ...]
