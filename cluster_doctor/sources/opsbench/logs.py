"""Container logs: raw ones by workload, and the samples that a log-search tool answered with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import orjson
from pydantic import JsonValue

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.paths import objects, text, words
from cluster_doctor.snapshot.records import ContainerLog
from cluster_doctor.sources.opsbench.answers import Answer
from cluster_doctor.sources.opsbench.subjects import Subjects
from cluster_doctor.sources.terminal.logs import log_lines

MOST_LINES = 4000
"""Lines kept of one log; the latest ones tell about now."""

Key = tuple[str, str, bool]


def read_logs(raw: dict[str, JsonValue], answers: Iterable[Answer], subjects: Subjects) -> list[ContainerLog]:
    """Join both into one log per workload, container and instance. A sample that the raw log holds is not repeated."""
    logs: dict[Key, tuple[str, ...]] = {}
    for name, value in raw.items():
        app, previous = name.removesuffix(".previous"), name.endswith(".previous")
        lines = tuple(_lines(value))
        if lines:
            logs[(app, "", previous)] = lines
    for (app, container, previous), samples in sorted(_samples(answers).items()):
        key = (app, "" if (app, "", previous) in logs and not container else container, previous)
        known = logs.get(key, ())
        held = set(known)
        logs[key] = (*(line for line in sorted(samples, key=samples.get) if line not in held), *known)  # type: ignore[arg-type]  # every sample has its position
    return [
        ContainerLog(
            subject=_subject(subjects, app),
            container=container,
            previous=previous,
            lines=lines[-MOST_LINES:],
            truncated=len(lines) > MOST_LINES,
        )
        for (app, container, previous), lines in sorted(logs.items())
        if lines
    ]


def _subject(subjects: Subjects, app: str) -> ObjectRef:
    return subjects.named(app) or subjects.workload(app)


def _lines(value: JsonValue) -> Iterator[str]:
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, str):
            yield from log_lines(part)


def _samples(answers: Iterable[Answer]) -> dict[Key, dict[str, int]]:
    """Samples with the order in which they were given."""
    found: dict[Key, dict[str, int]] = {}
    for answer in answers:
        app = answer.arguments.get("service_name") or answer.arguments.get("app_name") or ""
        if answer.tool != "GetErrorLogs" or not app:
            continue
        for container, previous, lines in _parts(answer.value):
            held = found.setdefault((app, container, previous), {})
            for line in lines:
                held.setdefault(line, len(held))
    return found


def _parts(value: JsonValue) -> Iterator[tuple[str, bool, list[str]]]:
    if isinstance(value, str):
        if not value.strip():
            return
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            yield "", False, list(_lines(value))
            return
    if isinstance(value, list):
        yield "", False, list(_lines(value))
    elif isinstance(value, dict):
        if "patterns" in value:
            samples: list[JsonValue] = [text(pattern, "sample") for _, pattern in objects(value, "patterns")]
            yield "", False, list(_lines(samples))
            return
        for name in value:
            container = "" if name in {"app", "previous"} else name
            lines: list[JsonValue] = list(words(value, name))
            yield container, name == "previous", list(_lines(lines))
