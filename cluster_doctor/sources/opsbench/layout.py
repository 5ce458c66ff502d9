"""The files of one recording.

Only what an engineer could have seen is opened. The label beside it is not in the list, and whatever is not
in the list is never opened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson
from pydantic import JsonValue

from cluster_doctor.domain.errors import UnreadableInput

STATES = "raw_data/k8s_states.json"
LOGS = "raw_data/logs.json"
ALERTS = "raw_data/alert.json"
METRICS = "raw_data/metrics.csv"
ANSWERS = "tool_cache.json"
READ = (STATES, LOGS, ALERTS, METRICS, ANSWERS)


@dataclass(frozen=True)
class Recording:
    """What was read from one recording's files; a part that is not there is empty."""

    states: dict[str, JsonValue]
    answers: dict[str, JsonValue]
    logs: dict[str, JsonValue]
    alerts: dict[str, JsonValue]
    metrics: str


def is_recording(path: Path) -> bool:
    """Tell whether a folder holds a recording of this layout."""
    return (path / STATES).is_file() or (path / ANSWERS).is_file()


def open_recording(path: Path) -> Recording:
    """Read a recording's files.

    Raises:
        UnreadableInput: none of its main files is there, or one is broken.
    """
    if not is_recording(path):
        raise UnreadableInput(f"{path} holds neither {STATES} nor {ANSWERS}", "Name the folder of one recorded case.")
    return Recording(
        states=_mapping(path / STATES),
        answers=_mapping(path / ANSWERS),
        logs=_mapping(path / LOGS),
        alerts=_mapping(path / ALERTS),
        metrics=_text(path / METRICS),
    )


def recording_of(read: Callable[[str], bytes], place: str) -> Recording:
    """Read a recording whose files lie elsewhere, such as in an archive.

    Args:
        read: returns a file by its name in the recording's folder, empty if there is none.
        place: what to call it in errors.

    Raises:
        UnreadableInput: one of its files is broken.
    """
    return Recording(
        states=_parsed(read(STATES), f"{place}/{STATES}"),
        answers=_parsed(read(ANSWERS), f"{place}/{ANSWERS}"),
        logs=_parsed(read(LOGS), f"{place}/{LOGS}"),
        alerts=_parsed(read(ALERTS), f"{place}/{ALERTS}"),
        metrics=read(METRICS).decode("utf-8-sig", errors="replace"),
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise UnreadableInput(f"{path} cannot be read: {error.strerror}") from error


def _text(path: Path) -> str:
    return _bytes(path).decode("utf-8-sig", errors="replace")


def _mapping(path: Path) -> dict[str, JsonValue]:
    return _parsed(_bytes(path), str(path))


def _parsed(content: bytes, path: str) -> dict[str, JsonValue]:
    if not content.strip():
        return {}
    try:
        read = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise UnreadableInput(f"{path} is not JSON: {error}", "Record the case again.") from error
    return read if isinstance(read, dict) else {}
