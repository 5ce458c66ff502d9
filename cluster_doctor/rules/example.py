"""Reads the examples in rules' docstrings: YAML documents that are objects or records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from pydantic import JsonValue

from cluster_doctor.domain.coverage import Coverage
from cluster_doctor.domain.location import Location
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.protocol import Records
from cluster_doctor.snapshot.kinds import BY_KIND, KINDS
from cluster_doctor.snapshot.records import (
    Alert,
    CallEdge,
    ConnectionProbe,
    ContainerLog,
    MetricSeries,
    NodeService,
)
from cluster_doctor.snapshot.relations import WORKLOADS
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.tables import view_of
from cluster_doctor.snapshot.unapplied import bears_trace
from cluster_doctor.snapshot.views import Custom, Workload
from cluster_doctor.snapshot.yaml_text import load_yaml

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
"""When every example is taken."""

NAMESPACE = "shop"
"""Where an example's objects live if they do not say."""

EVERYTHING = frozenset({kind.kind for kind in KINDS} | {record.value for record in Records} | {Custom.kind})
"""What an example has collected: all of it."""


def snapshot_of(text: str, *, hidden: Iterable[str] = (), now: datetime = NOW) -> ClusterSnapshot:
    """Make a snapshot of an example.

    Besides Kubernetes objects a document may be a record: `kind: Log`, `Alert`, `Metric`, `NodeService`,
    `ConnectionProbe` or `CallEdge`, with the record's fields and references written as `Kind/name`.

    Args:
        text: YAML documents.
        hidden: kinds or records to leave out as if nobody had collected them.
        now: when it is taken.
    """
    left_out = frozenset(hidden)
    if Workload.kind in left_out:
        left_out |= {kind.kind for kind in WORKLOADS}
    documents = [doc for doc in load_yaml(text) if isinstance(doc, dict)]
    records = [doc for doc in documents if doc["kind"] in set(Records) | {"CallEdge"} and doc["kind"] not in left_out]
    objects = [doc for doc in documents if doc["kind"] not in set(Records) | {"CallEdge"}]

    shown = frozenset() if Custom.kind in left_out else frozenset(str(doc["kind"]) for doc in objects)

    def of(kind: str) -> list[dict[str, object]]:
        return [
            {key: _reference(value) if key in _REFERENCES else value for key, value in doc.items() if key != "kind"}
            for doc in records
            if doc["kind"] == kind
        ]

    return ClusterSnapshot(
        taken_at=now,
        objects=[
            _completed(doc)
            for doc in objects
            if (doc["kind"] if doc["kind"] in BY_KIND else Custom.kind) not in left_out
        ],
        coverage=Coverage(lists=(EVERYTHING | shown) - left_out),
        logs=[ContainerLog.model_validate(entry) for entry in of("Log")],
        alerts=[Alert.model_validate({"name": "alert", **entry}) for entry in of("Alert")],
        metrics=[MetricSeries.model_validate(entry) for entry in of("Metric")],
        node_services=[NodeService.model_validate(entry) for entry in of("NodeService")],
        connection_probes=[ConnectionProbe.model_validate(entry) for entry in of("ConnectionProbe")],
        call_edges=[CallEdge.model_validate({"origin": "example", **entry}) for entry in of("CallEdge")],
        source="example",
        locations=_locations(objects),
        is_unapplied=not records and not any(bears_trace(raw) for raw in objects),
    )


def _locations(objects: Iterable[dict[str, JsonValue]]) -> dict[ObjectRef, tuple[Location, ...]]:
    """Where the objects of an example stand: one after the other in one file."""
    found: dict[ObjectRef, tuple[Location, ...]] = {}
    for line, raw in enumerate(objects, 1):
        ref = view_of(_completed(raw)).ref
        found[ref] = (*found.get(ref, ()), Location("example.yaml", line))
    return found


_REFERENCES = {"subject", "target", "caller", "callee"}


def _reference(value: object) -> object:
    if not isinstance(value, str):
        return value
    kind, _, name = value.partition("/")
    known = BY_KIND.get(kind)
    return ObjectRef(
        kind=kind,
        name=name,
        namespace=NAMESPACE if known is None or known.namespaced else None,
        api_version=known.api_version if known else "v1",
    )


def _completed(raw: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Fill in what an example leaves out because it goes without saying."""
    known = BY_KIND.get(str(raw["kind"]))
    metadata = raw.get("metadata")
    complete: dict[str, JsonValue] = dict(metadata) if isinstance(metadata, dict) else {}
    if known is None or known.namespaced:
        complete.setdefault("namespace", NAMESPACE)
    involved = raw.get("involvedObject")
    extra: dict[str, JsonValue] = {}
    if isinstance(involved, dict):
        target = BY_KIND.get(str(involved.get("kind")))
        filled: dict[str, JsonValue] = dict(involved)
        if target is None or target.namespaced:
            filled.setdefault("namespace", NAMESPACE)
        filled.setdefault("apiVersion", target.api_version if target else "v1")
        extra["involvedObject"] = filled
    return {"apiVersion": known.api_version if known else "v1", **raw, "metadata": complete, **extra}
