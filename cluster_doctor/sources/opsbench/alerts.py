"""Alerts: statements such as `FAMILY [What] | Normal=3.00ms -> Current=900.00ms (+29900.0%)`, one record each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo

from pydantic import JsonValue

from cluster_doctor.snapshot.paths import objects, strings, text, words
from cluster_doctor.snapshot.records import Alert, Anomaly
from cluster_doctor.sources.opsbench.subjects import Subjects

_CHANGE = re.compile(r"Normal=\s*([-+\d.eE]+)\D*?\s*->\s*Cur(?:rent)?=\s*([-+\d.eE]+)")
_VALUE = re.compile(r"Val(?:ue)?\s*[:=]\s*([-+\d.eE]+)")


def read_alerts(answers: Iterable[JsonValue], subjects: Subjects, zone: tzinfo) -> list[Alert]:
    """Read alerts from all answers that hold some; equal ones count once."""
    found: dict[str, Alert] = {}
    for answer in answers:
        for _, raw in objects(answer, "alerts"):
            for alert in _alerts(raw, subjects, zone):
                found.setdefault(alert.model_dump_json(), alert)
    return [found[key] for key in sorted(found)]


def _alerts(raw: dict[str, JsonValue], subjects: Subjects, zone: tzinfo) -> Iterator[Alert]:
    name = text(raw, "entity_name") or text(raw, "name")
    subject = subjects.named(name)
    started = _started(text(raw, "time_range"), zone)
    statements = words(raw, "evidence")
    for statement in statements:
        family = statement.partition(" ")[0]
        before, now = _figures(statement)
        yield Alert(
            name=family,
            subject=subject,
            anomaly=anomaly_of(statement),
            text=statement,
            severity=text(raw, "status").lower(),
            started_at=started,
            before=before,
            now=now,
            labels={"type": text(raw, "type"), "name": name},
        )
    if not statements and text(raw, "raw_error"):
        yield _failed_request(raw, subjects)


def _failed_request(raw: dict[str, JsonValue], subjects: Subjects) -> Alert:
    """A request that a load generator saw fail, counted by the Service that it entered at."""
    entry = text(raw, "entry_service")
    count = raw.get("occurrences")
    request = f"{text(raw, 'request_method')} {text(raw, 'url')}".strip()
    return Alert(
        name="FAILED_REQUEST",
        subject=subjects.named(entry),
        anomaly=Anomaly.ERRORS,
        text=f"{text(raw, 'business_action')}: {request} failed {count} times with {text(raw, 'raw_error')}",
        severity="abnormal",
        now=float(count) if isinstance(count, (int, float)) else None,
        labels={key: value for key, value in strings(raw).items() if key != "raw_error"},
    )


def anomaly_of(statement: str) -> Anomaly:
    """Tell what a statement is about from its family and what stands in brackets, in any spelling."""
    family, _, rest = statement.upper().partition("|")
    match family.split():
        case [word, *_] if word.startswith("LATENCY") and ("MISSING" in word or "VANISHED" in family):
            return Anomaly.NO_SAMPLES
        case [word, *_] if word.startswith("LATENCY"):
            return Anomaly.LATENCY
        case [word, *_] if "MISSING" in word or "NO_DATA" in word:
            return Anomaly.NO_SAMPLES
        case [word, *_] if word.startswith("ERROR") or "SUCCESS" in word:
            return Anomaly.ERRORS
        case [word, *_] if word.startswith("THROUGHPUT"):
            return Anomaly.TRAFFIC_SURGE if "SURGE" in family or "SPIKE" in family else Anomaly.TRAFFIC_DROP
        case [word, *_] if word.startswith("TRAFFIC"):
            return Anomaly.TRAFFIC_SURGE if "SURGE" in family or "SPIKE" in family else Anomaly.TRAFFIC_DROP
        case [word, *_] if word.startswith("RESOURCE"):
            if "MEM" in family:
                return Anomaly.MEMORY
            return Anomaly.CPU if "CPU" in family else Anomaly.OTHER
        case _:
            pass
    if "RETRANS" in family or "RETRANS" in rest:
        return Anomaly.RETRANSMISSION
    return Anomaly.OTHER


def _figures(statement: str) -> tuple[float | None, float | None]:
    """The pair of figures that differ most, as a factor; a lone value is what holds now."""
    pairs = [(before, now) for old, new in _CHANGE.findall(statement) if (before := _number(old)) is not None
             and (now := _number(new)) is not None]  # fmt: skip
    if pairs:
        return max(pairs, key=lambda pair: abs(pair[1] - pair[0]) / max(abs(pair[0]), 1e-9))
    lone = _VALUE.search(statement)
    return None, _number(lone[1]) if lone else None


def _number(text_: str) -> float | None:
    try:
        return float(text_.rstrip("."))
    except ValueError:
        return None


def _started(span: str, zone: tzinfo) -> datetime | None:
    try:
        return datetime.fromisoformat(span.partition("~")[0].strip()).replace(tzinfo=zone)
    except ValueError:
        return None
