"""Joins two pictures of one cluster."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from pydantic import BaseModel, JsonValue

from cluster_doctor.domain.coverage import Coverage
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

R = TypeVar("R", bound=BaseModel)


def merge(older: ClusterSnapshot, newer: ClusterSnapshot) -> ClusterSnapshot:
    """Add what a later look saw to a picture; where both saw an object, the later look counts.

    The result keeps the time and source of the older picture. A gap closes when the later look covers it.
    """
    coverage = Coverage(
        lists=older.coverage.lists | newer.coverage.lists,
        names=older.coverage.names | newer.coverage.names,
        gaps=tuple(
            gap
            for gap in dict.fromkeys((*older.coverage.gaps, *newer.coverage.gaps))
            if not newer.coverage.covers(gap.kind, gap.namespace, gap.name)
        ),
    )
    return ClusterSnapshot(
        taken_at=older.taken_at,
        objects=_joined(older.objects, newer.objects),
        coverage=coverage,
        identity=_known(older.identity, newer.identity),
        logs=_distinct(older.logs, newer.logs),
        metrics=_distinct(older.metrics, newer.metrics),
        alerts=_distinct(older.alerts, newer.alerts),
        node_services=_distinct(older.node_services, newer.node_services),
        connection_probes=_distinct(older.connection_probes, newer.connection_probes),
        call_edges=_distinct(older.call_edges, newer.call_edges),
        unparsed=_distinct(older.unparsed, newer.unparsed),
        server_version=older.server_version or newer.server_version,
        source=older.source or newer.source,
        locations={**newer.locations, **older.locations},
        is_unapplied=older.is_unapplied and newer.is_unapplied,
    )


def _joined(older: Iterable[dict[str, JsonValue]], newer: Iterable[dict[str, JsonValue]]) -> list[dict[str, JsonValue]]:
    found: dict[tuple[str, ...], dict[str, JsonValue]] = {}
    for raw in (*older, *newer):
        group = text(raw, "apiVersion").rpartition("/")[0]
        found[(group, text(raw, "kind"), text(raw, "metadata", "namespace"), text(raw, "metadata", "name"))] = raw
    return list(found.values())


def _known(older: ClusterIdentity | None, newer: ClusterIdentity | None) -> ClusterIdentity | None:
    if older is None or newer is None:
        return older or newer
    return ClusterIdentity(
        server=older.server or newer.server,
        certificate=older.certificate or newer.certificate,
        system_uid=older.system_uid or newer.system_uid,
    )


def _distinct(older: Iterable[R], newer: Iterable[R]) -> list[R]:
    """Records in order, each once."""
    found: dict[str, R] = {}
    for record in (*older, *newer):
        found.setdefault(record.model_dump_json(), record)
    return list(found.values())
