"""One line of a container's log, out of what loggers and runtimes wrap it in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

import orjson

from cluster_doctor.snapshot.times import parse_time

LONGEST = 4_000
"""Characters of a line that are read: what a program says is short, what it dumps is not."""


class LogLevel(IntEnum):
    """How bad its writer says a line is."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40


@dataclass(frozen=True, slots=True)
class LogLine:
    """What a line says, how bad that is and when it was said; None where the line does not tell."""

    text: str
    level: LogLevel | None = None
    moment: datetime | None = None


_COLOUR = re.compile(r"\x1b(?:\[[0-9;:?]{0,40}[ -/]{0,4}[@-~]|\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)|[@-Z\\-_])")
_CRI = re.compile(r"(\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d)) (?:stdout|stderr) [FP] ")
_STAMP = re.compile(
    r"[ \t]{0,8}[\[(]?(\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)"
    r"[\])]?[\s|,:;]{0,8}"
)
_KLOG = re.compile(r"([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ [\w./-]+:\d+\] ")
_PAIR = re.compile(r'(?:^|\s)([A-Za-z_][\w.@-]{0,40})=("(?:[^"\\]|\\.){0,2000}"|[^\s"]{1,300})')
_LEVELS = {
    **dict.fromkeys(("trace", "debug", "dbug", "trce", "finest", "finer", "fine", "verbose"), LogLevel.DEBUG),
    **dict.fromkeys(("info", "information", "informational", "notice"), LogLevel.INFO),
    **dict.fromkeys(("warn", "warning", "wrn"), LogLevel.WARNING),
    **dict.fromkeys(
        ("error", "err", "fail", "fatal", "critical", "crit", "panic", "severe", "alert", "emerg", "dpanic"),
        LogLevel.ERROR,
    ),
}
_WORD = re.compile(
    r"(?:^|[\[\s|(<\"])(TRACE|DEBUG|INFO|INFORMATION|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|PANIC|SEVERE)"
    r"(?=$|[\]\s|:,)>\"])"
)
_TAG = re.compile(
    r"(?:^|[\s\]])\[(trace|debug|info|notice|warn|warning|error|crit|critical|alert|emerg)\]"
    r"|^(trce|dbug|info|warn|fail|crit): "
    r"|(?:^|\t)(debug|info|warn|error|dpanic|panic|fatal)\t",
    re.IGNORECASE,
)
_HEAD = 120
"""Characters within which a line names its level."""
_LEVEL_KEYS = ("level", "severity", "lvl", "levelname", "log.level", "loglevel", "@l", "LogLevel", "Level")
_TIME_KEYS = ("time", "ts", "timestamp", "@timestamp", "@t", "Timestamp", "datetime", "asctime")
_SAYING = ("msg", "message", "@m", "@mt", "log", "event", "Message")
_PINO = ((20, LogLevel.DEBUG), (30, LogLevel.INFO), (40, LogLevel.WARNING))


def read_log_line(raw: str) -> LogLine:
    """Read one line: without colours, runtime's prefix and timestamps; of JSON and logfmt what its fields say."""
    text = without_colours(raw[:LONGEST])
    moment: datetime | None = None
    if prefix := _CRI.match(text):
        moment, text = parse_time(prefix[1]), text[prefix.end() :]
    stripped = text.lstrip()
    if stripped.startswith("{"):
        fields = _json(stripped if len(raw) <= LONGEST else raw[raw.find("{") :])
        if fields is not None:
            return _of_fields(fields, moment)
    if stamp := _STAMP.match(text):
        moment, text = moment or _moment(stamp[1]), text[stamp.end() :]
    if klog := _KLOG.match(text):
        grade = {"I": LogLevel.INFO, "W": LogLevel.WARNING}.get(klog[1], LogLevel.ERROR)
        return LogLine(text[klog.end() :], grade, moment)
    level = _level_of(text)
    if level is None and "=" in text and (pairs := dict(_pairs(text))):
        level = next((_level(pairs[key]) for key in _LEVEL_KEYS if key in pairs), None)
        moment = moment or next((_moment(pairs[key]) for key in _TIME_KEYS if key in pairs), None)
    return LogLine(text, level, moment)


def without_colours(text: str) -> str:
    """Leave out what tells a terminal to show text in colour."""
    return _COLOUR.sub("", text) if "\x1b" in text else text


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for key, value in _PAIR.findall(text):
        yield key, value.strip('"')


def _json(text: str) -> dict[str, object] | None:
    try:
        read = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return read if isinstance(read, dict) else None


def _of_fields(fields: dict[str, object], moment: datetime | None) -> LogLine:
    inner = fields.get("log")
    if isinstance(inner, str) and fields.keys() <= {"log", "stream", "time", "attrs"}:  # Docker's own file
        line = read_log_line(inner.rstrip("\n"))
        return LogLine(line.text, line.level, line.moment or moment or _moment(fields.get("time")))
    level = next((_level(fields[key]) for key in _LEVEL_KEYS if key in fields), None)
    if level is None and isinstance(log := fields.get("log"), dict):
        level = _level(log.get("level"))
    moment = moment or next((found for key in _TIME_KEYS if (found := _moment(fields.get(key)))), None)
    said = [str(fields[key]) for key in _SAYING if isinstance(fields.get(key), str)]
    rest = [
        f"{path}={value}"
        for path, value in _flat(fields, "")
        if path not in _SAYING and path not in _LEVEL_KEYS and path not in _TIME_KEYS
    ]
    return LogLine(" ".join((*said, *rest))[:LONGEST], level, moment)


_MOST_FIELDS = 60
_DEEPEST = 4


def _flat(value: object, path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    match value:
        case dict() if depth < _DEEPEST:
            for key in list(value)[:_MOST_FIELDS]:
                yield from _flat(value[key], f"{path}.{key}" if path else str(key), depth + 1)
        case list() if depth < _DEEPEST:
            for member in value[:_MOST_FIELDS]:
                yield from _flat(member, path, depth + 1)
        case str() | int() | float():
            yield path, str(value)


def _level_of(text: str) -> LogLevel | None:
    head = text[:_HEAD]
    tag = _TAG.search(head)
    word = _WORD.search(head)
    found = min((match for match in (tag, word) if match), key=lambda match: match.start(), default=None)
    return _LEVELS[next(group for group in found.groups() if group).lower()] if found else None


def _level(value: object) -> LogLevel | None:
    match value:
        case str():
            return _LEVELS.get(value.strip().lower())
        case bool():
            return None
        case int():  # pino's and bunyan's numbers
            return next((level for most, level in _PINO if value <= most), LogLevel.ERROR) if value >= 10 else None
    return None


def _moment(value: object) -> datetime | None:
    match value:
        case str():
            written = value.strip().replace("/", "-", 2).replace(",", ".").replace(" UTC", "Z")
            found = parse_time(written.replace(" ", "T", 1))
        case bool():
            return None
        case int() | float():
            seconds = value / 1000 if value > 1e11 else value
            found = datetime.fromtimestamp(seconds, UTC) if 1e9 < seconds < 1e10 else None
        case _:
            return None
    return found
