"""Collects the parts of a snapshot; everything passes the door on its way in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypeVar

from pydantic import BaseModel, JsonValue

from cluster_doctor.domain.coverage import Coverage, Gap
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.location import Location
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.door import Admitted, Door, is_object
from cluster_doctor.snapshot.records import (
    Alert,
    CallEdge,
    ConnectionProbe,
    ContainerLog,
    MetricSeries,
    NodeService,
    UnparsedText,
)
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.tables import ObjectTables
from cluster_doctor.snapshot.views import Event, View

R = TypeVar("R", bound=BaseModel)
_SECRET = "Secret"  # noqa: S105 - a kind


class Entry(NamedTuple):
    """What one thing becomes in a picture: an object and its place, or text that is none."""

    key: tuple[str, str, str, str]
    content: Admitted | UnparsedText


class SnapshotBuilder:
    """Gathers what a source reads and makes a `ClusterSnapshot` of it.

    Sources add raw objects and records as they come; the door redacts them. Coverage is declared by the
    source, because only it knows what it read to the end.
    """

    def __init__(self, source: str, *, door: Door | None = None) -> None:
        """Begin an empty picture.

        Args:
            source: what a person would call the place that is read.
            door: what redacts; a new one masks with a key of its own.
        """
        self.source = source
        self.taken_at: datetime | None = None
        self.identity: ClusterIdentity | None = None
        self.server_version = ""
        self.is_unapplied = False
        self.door = door or Door()
        self._tables: ObjectTables | None = None
        self._objects: dict[tuple[str, str, str, str], dict[str, JsonValue]] = {}
        self._declared: list[dict[str, JsonValue]] = []
        self._lists: set[str] = set()
        self._names: set[str] = set()
        self._locations: dict[ObjectRef, list[Location]] = {}
        self._gaps: dict[tuple[str, str | None, str | None, str], Gap] = {}
        self.logs: list[ContainerLog] = []
        self.metrics: list[MetricSeries] = []
        self.alerts: list[Alert] = []
        self.node_services: list[NodeService] = []
        self.connection_probes: list[ConnectionProbe] = []
        self.call_edges: list[CallEdge] = []
        self.unparsed: list[UnparsedText] = []

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What could not be read so far."""
        return tuple(self._gaps.values())

    @property
    def has_objects(self) -> bool:
        """Whether any object was added."""
        return bool(self._objects)

    def add(self, raw: object) -> bool:
        """Add one object as received. What is no Kubernetes object is kept as unparsed text; False then."""
        return self.put(self.admit(raw))

    def admit(self, raw: object, like: Entry | None = None) -> Entry:
        """Lead one object through the door without adding it. Several threads may do so at once.

        Args:
            raw: the object as received; with `like`, one that nobody else holds.
            like: one that was led through before; what is equal in both is kept once.
        """
        if not is_object(raw):
            shown = self.door.show(raw)[:400]
            return Entry(("", "", "", ""), UnparsedText(origin=self.source, text=shown, reason="not an object"))
        kind, metadata = str(raw["kind"]), raw["metadata"]
        name, namespace = (metadata.get("name"), metadata.get("namespace")) if isinstance(metadata, dict) else ("", "")
        group = str(raw.get("apiVersion", "v1")).rpartition("/")[0]
        earlier = like.content if like is not None and isinstance(like.content, Admitted) else None
        content = Admitted(raw, as_it_was=False) if kind == _SECRET else self.door.admit_after(raw, earlier)
        return Entry((group, kind, str(namespace or ""), str(name or "")), content)

    def put(self, entry: Entry) -> bool:
        """Add what was led through the door; False for what is no object."""
        if isinstance(entry.content, UnparsedText):
            self.unparsed.append(entry.content)
            return False
        group, kind, namespace, name = entry.key
        self._objects[(group, kind, namespace, name or f"unnamed-{len(self._objects)}")] = entry.content.content
        self._tables = None
        return True

    def locate(self, ref: ObjectRef, location: Location) -> None:
        """Note where an object stands; several places are kept in order."""
        self._locations.setdefault(ref, []).append(location)

    @property
    def locations(self) -> Mapping[ObjectRef, Sequence[Location]]:
        """Where objects stand so far."""
        return self._locations

    def declare(self, raw: object) -> None:
        """Add a manifest of what somebody wanted, which need not be what the cluster has."""
        admitted = self.door.admit(raw)
        if admitted is not None:
            self._declared.append(admitted)

    def add_all(self, raws: Iterable[object]) -> None:
        """Add objects as received, which nobody else holds: what several of a kind have in common is kept once."""
        latest: dict[object, Entry] = {}
        for raw in raws:
            kind = raw.get("kind") if isinstance(raw, dict) else None
            entry = self.admit(raw, latest.get(kind) if isinstance(kind, str) else None)
            self.put(entry)
            latest[entry.key[1]] = entry

    def add_log(self, log: ContainerLog) -> None:
        """Add a container log, masked line by line."""
        self.logs.append(log.model_copy(update={"lines": self.door.mask_lines(log.lines)}))

    def cover(self, kind: type[View] | str, namespace: str | None = None, name: str | None = None) -> None:
        """Declare that a list was read to its end, or that one object was asked for by name."""
        word = kind if isinstance(kind, str) else kind.kind
        if name is not None:
            self._names.add(f"{word}/{namespace or ''}/{name}")
        else:
            self._lists.add(f"{word}/{namespace}" if namespace else word)

    def gap(self, gap: Gap) -> None:
        """Declare that something could not be read."""
        self._gaps[(gap.kind, gap.namespace, gap.name, gap.reason.value)] = gap

    def build(self) -> ClusterSnapshot:
        """Make the picture. Without a time of its own it is dated by the latest thing that it saw."""
        if self._tables is None:
            objects = tuple(self._admitted())
            self.door.services_named(_service_hosts(objects))
            self._tables = ObjectTables(objects)
        return ClusterSnapshot(
            taken_at=self.taken_at or _latest(self._tables.objects) or datetime.now(UTC),
            objects=self._tables,
            declared=self._declared,
            coverage=Coverage(
                lists=frozenset(self._lists),
                names=frozenset(self._names),
                gaps=tuple(self._clean(gap, "detail") for gap in self._gaps.values()),
            ),
            identity=self.identity,
            logs=self.logs,
            metrics=[self._clean(series, "query") for series in self.metrics],
            alerts=[self._clean(alert, "text", "labels") for alert in self.alerts],
            node_services=[self._clean(service, "detail", "lines") for service in self.node_services],
            connection_probes=[self._clean(probe, "text") for probe in self.connection_probes],
            call_edges=self.call_edges,
            unparsed=[self._clean(part, "text", "reason") for part in self.unparsed],
            server_version=self.server_version,
            source=self.source,
            is_unapplied=self.is_unapplied,
            locations={ref: tuple(places) for ref, places in self._locations.items()},
        )

    def _clean(self, record: R, *fields: str) -> R:
        """Mask credentials in the texts of a record."""
        changed = {field: self.door.clean(getattr(record, field)) for field in fields}
        kept = {field: value for field, value in changed.items() if value != getattr(record, field)}
        return record.model_copy(update=kept) if kept else record

    def _admitted(self) -> Iterator[dict[str, JsonValue]]:
        """The objects, the Secrets redacted now: which Services their values name depends on all that was read."""
        for found in self._objects.values():
            admitted = self.door.admit(found) if found["kind"] == _SECRET else found
            if admitted is not None:
                yield admitted


def _service_hosts(objects: Iterable[dict[str, JsonValue]]) -> dict[str, str]:
    """Host names of all Services, short and long, with the Service that each names: `namespace/name`."""
    found: dict[str, str] = {}
    for raw in objects:
        if raw.get("kind") == "Service":
            service = View(raw)
            full = f"{service.namespace}/{service.name}"
            found.setdefault(service.name, full)
            for suffix in ("", ".svc", ".svc.cluster.local"):
                found[f"{service.name}.{service.namespace}{suffix}"] = full
    return found


def _latest(objects: Iterable[dict[str, JsonValue]]) -> datetime | None:
    """The latest moment seen, leaving out those of a clock that runs ahead of everyone's."""
    seen = {
        moment
        for raw in objects
        for moment in (View(raw).created_at, Event(raw).last_seen if raw.get("kind") == "Event" else None)
        if moment
    }
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    return max((moment for moment in seen if moment < tomorrow), default=None) or max(seen, default=None)
