"""The picture of a cluster at one moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property

from pydantic import JsonValue

from cluster_doctor.domain.coverage import Coverage
from cluster_doctor.domain.evidence import Evidence, EvidenceSource
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.location import Location
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.index import V
from cluster_doctor.snapshot.paths import resolve
from cluster_doctor.snapshot.records import (
    Alert,
    CallEdge,
    ConnectionProbe,
    ContainerLog,
    Metric,
    MetricSeries,
    NodeService,
    UnparsedText,
)
from cluster_doctor.snapshot.relations import Relations
from cluster_doctor.snapshot.tables import ObjectTables


class ClusterSnapshot(Relations):
    """An immutable picture of a cluster: objects as received, and what was recorded beside them.

    Nothing in it may be changed; a different picture is a new snapshot. What is not in it is absent from the
    cluster only where `covers` says so.
    """

    def __init__(  # noqa: PLR0913 - one argument for each part of the picture
        self,
        *,
        taken_at: datetime,
        objects: ObjectTables | Iterable[dict[str, JsonValue]] = (),
        declared: Iterable[dict[str, JsonValue]] = (),
        coverage: Coverage | None = None,
        identity: ClusterIdentity | None = None,
        logs: Iterable[ContainerLog] = (),
        metrics: Iterable[MetricSeries] = (),
        alerts: Iterable[Alert] = (),
        node_services: Iterable[NodeService] = (),
        connection_probes: Iterable[ConnectionProbe] = (),
        call_edges: Iterable[CallEdge] = (),
        unparsed: Iterable[UnparsedText] = (),
        server_version: str = "",
        source: str = "",
        locations: Mapping[ObjectRef, tuple[Location, ...]] | None = None,
        is_unapplied: bool = False,
    ) -> None:
        """Take the picture. Objects must have passed the door (`snapshot.door`).

        `declared` holds manifests of what somebody wanted, whether the cluster has it or not. `locations` says
        where objects stand that were read from files; what is on record for later does not keep it. `is_unapplied`
        tells that the objects are manifests which no API server has seen: nothing of it runs.
        """
        super().__init__(objects, coverage or Coverage())
        self.objects = self.tables.objects
        self.declared = tuple(declared)
        self.taken_at = taken_at
        self.identity = identity
        self.logs = tuple(logs)
        self.metrics = tuple(metrics)
        self.alerts = tuple(alerts)
        self.node_services = tuple(node_services)
        self.connection_probes = tuple(connection_probes)
        self.call_edges = tuple(call_edges)
        self.unparsed = tuple(unparsed)
        self.server_version = server_version
        self.source = source
        self.locations = dict(locations or {})
        self.is_unapplied = is_unapplied

    def declared_as(self, kind: type[V]) -> list[V]:
        """List manifests of a kind; what they declare need not exist."""
        return [kind(raw) for raw in self.declared if raw.get("kind") == kind.kind]

    @cached_property
    def _logs_by_subject(self) -> dict[ObjectRef, list[ContainerLog]]:
        found: dict[ObjectRef, list[ContainerLog]] = defaultdict(list)
        for log in self.logs:
            found[log.subject].append(log)
            if log.subject.kind == "Pod":
                top = self.workload_ref(log.subject)
                if top != log.subject:
                    found[top].append(log)
        return found

    def logs_of(self, ref: ObjectRef) -> list[ContainerLog]:
        """List the logs of a Pod or of all Pods of a workload; a Pod also gets those recorded for its workload."""
        own = self._logs_by_subject.get(ref, [])
        if ref.kind != "Pod":
            return own
        top = self.workload_ref(ref)
        return own + [log for log in self._logs_by_subject.get(top, []) if log.subject.kind != "Pod"]

    @cached_property
    def _alerts_by_subject(self) -> dict[ObjectRef, list[Alert]]:
        found: dict[ObjectRef, list[Alert]] = defaultdict(list)
        for alert in self.alerts:
            if alert.subject:
                found[alert.subject].append(alert)
        return found

    def alerts_on(self, ref: ObjectRef) -> list[Alert]:
        """List the alerts on an object."""
        return self._alerts_by_subject.get(ref, [])

    @cached_property
    def _series_by_subject(self) -> dict[tuple[ObjectRef, Metric], MetricSeries]:
        return {(series.subject, series.metric): series for series in self.metrics}

    def series(self, ref: ObjectRef, metric: Metric) -> MetricSeries | None:
        """Find one metric of one object."""
        return self._series_by_subject.get((ref, metric))

    def holds(self, evidence: Evidence) -> bool:
        """Tell whether the snapshot shows what evidence claims. This is what makes a citation mechanical."""
        match evidence.source:
            case EvidenceSource.OBJECT:
                view = self.find(evidence.subject)
                return view is not None and resolve(view.raw, evidence.path) == evidence.value
            case EvidenceSource.EVENT:
                return any(
                    event.reason == evidence.path and event.message == evidence.value
                    for event in self.events_about(evidence.subject)
                )
            case EvidenceSource.LOG:
                return any(evidence.value in log.lines for log in self.logs if log.subject == evidence.subject)
            case EvidenceSource.METRIC:
                return any(series.subject == evidence.subject for series in self.metrics)
            case EvidenceSource.ALERT:
                return any(alert.name == evidence.path and alert.text == evidence.value for alert in self.alerts)
            case EvidenceSource.PROBE:
                return any(probe.cite().id == evidence.id for probe in self.connection_probes)
            case EvidenceSource.NODE_SERVICE:
                return any(service.cite().id == evidence.id for service in self.node_services)
            case EvidenceSource.ABSENCE:
                known = self.find(evidence.subject)
                return known is None and self.coverage.covers(
                    evidence.subject.kind, evidence.subject.namespace, evidence.subject.name
                )
            case EvidenceSource.TEXT:
                return any(str(evidence.value) in part.text for part in self.unparsed)

    def cite_absence(self, ref: ObjectRef) -> Evidence:
        """Cite that an object does not exist. Holds only where its kind was read."""
        scope = f" -n {ref.namespace}" if ref.namespace else ""
        return Evidence(
            subject=ref,
            source=EvidenceSource.ABSENCE,
            path="",
            value=None,
            command=f"kubectl get {ref.kind.lower()} {ref.name}{scope}",
        )
