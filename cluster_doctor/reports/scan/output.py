"""The forms of a scan's result, by name."""

from __future__ import annotations

from enum import StrEnum


class ScanOutput(StrEnum):
    """Forms of a scan's result."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"
    HTML = "html"
