"""Several recordings in one picture: what happens in one namespace must not be blamed on, or hidden by, another."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

from cluster_doctor.domain.coverage import Coverage
from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.snapshot.merge import merge
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import format_time, parse_time

Cause = tuple[str, str]
"""Rule and subject."""


@dataclass(frozen=True)
class Part:
    """One scenario's recording, and the causes that the engine finds in it alone."""

    name: str
    namespace: str
    seen: ClusterSnapshot
    causes: frozenset[Cause]


def causes_of(seen: ClusterSnapshot, *namespaces: str) -> frozenset[Cause]:
    """The root causes of what is wrong in some namespaces."""
    return frozenset(
        (cause.rule, str(cause.subject)) for cause in diagnose(seen, Incident(namespaces=namespaces)).root_causes
    )


def compose(parts: Sequence[Part], order: int, without: Iterable[str] = ()) -> ClusterSnapshot:
    """Put recordings into one picture, dated like the first.

    Args:
        parts: what goes in.
        order: seed by which objects and logs are shuffled; where something stood is no evidence.
        without: kinds and records that nobody read.
    """
    moment = parts[0].seen.taken_at
    whole = reduce(merge, (_moved(part, moment) for part in parts))
    left_out = frozenset(without)
    mixed = random.Random(order)
    objects = [raw for raw in whole.objects if raw["kind"] not in left_out]
    logs = [] if "Log" in left_out else list(whole.logs)
    mixed.shuffle(objects)
    mixed.shuffle(logs)
    return ClusterSnapshot(
        taken_at=moment,
        objects=objects,
        logs=logs,
        coverage=Coverage(
            lists=frozenset(entry for entry in whole.coverage.lists if entry.partition("/")[0] not in left_out),
            names=frozenset(entry for entry in whole.coverage.names if entry.partition("/")[0] not in left_out),
            gaps=whole.coverage.gaps,
        ),
        identity=whole.identity,
        server_version=whole.server_version,
        source="a composition",
    )


def _moved(part: Part, moment: datetime) -> ClusterSnapshot:
    """The same picture at another time, without the namespaces of scenarios that came and went beside it."""
    seen, by = part.seen, moment - part.seen.taken_at
    return ClusterSnapshot(
        taken_at=moment,
        objects=[_later(raw, by) for raw in seen.objects if not _of_another(raw, part.namespace)],
        logs=seen.logs,
        coverage=seen.coverage,
        identity=seen.identity,
        server_version=seen.server_version,
        source=seen.source,
    )


def _of_another(raw: Any, namespace: str) -> bool:
    name = str(raw["metadata"]["name"])
    return bool(raw["kind"] == "Namespace") and name.startswith("case-") and name != namespace


def _later(value: Any, by: timedelta) -> Any:
    if isinstance(value, dict):
        return {key: _later(inner, by) for key, inner in value.items()}
    if isinstance(value, list):
        return [_later(inner, by) for inner in value]
    moment = parse_time(value) if isinstance(value, str) and value[-1:] == "Z" else None
    return format_time(moment + by) if moment else value
