"""What a snapshot holds besides objects."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import accumulate, takewhile

from pydantic import BaseModel, ConfigDict

from cluster_doctor.domain.evidence import Evidence, EvidenceSource
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.hints import lower
from cluster_doctor.snapshot.log_lines.told import telling_lines


class Record(BaseModel):
    """A frozen record."""

    model_config = ConfigDict(frozen=True)


class ContainerLog(Record):
    """Lines of one container's log, oldest first.

    `subject` is the Pod, or the workload where the recording does not tell Pods apart. `container` is empty
    where it is not known. `previous` marks the log of the instance before the current one.
    """

    subject: ObjectRef
    container: str = ""
    previous: bool = False
    lines: tuple[str, ...] = ()
    truncated: bool = False

    @cached_property
    def lowered(self) -> str:
        """All lines, joined and in lower case, to see quickly what they do not say."""
        return lower("\n".join(self.lines))

    @cached_property
    def _telling(self) -> tuple[int, ...]:
        return telling_lines(self.lines, self.lowered, self._ends)

    def newest_telling(self, last: int) -> Iterator[int]:
        """Number those of the last lines that may tell of a trouble, the newest first."""
        first = len(self.lines) - last
        return takewhile(lambda position: position >= first, self._telling)

    @cached_property
    def _ends(self) -> tuple[int, ...]:
        return tuple(accumulate(len(line) + 1 for line in self.lines))

    def newest_holding(self, words: Iterable[str], last: int) -> Iterator[int]:
        """Number those of the last lines that hold one of some words of lower case, the newest first."""
        first = len(self.lines) - last
        begin = self._ends[first - 1] if first > 0 else 0
        found: set[int] = set()
        for word in words:
            at = self.lowered.find(word, begin)
            while at >= 0:
                line = bisect_right(self._ends, at)
                found.add(line)
                at = self.lowered.find(word, self._ends[line])
        return iter(sorted(found, reverse=True))

    def cite(self, position: int) -> Evidence:
        """Cite one line."""
        which = " --previous" if self.previous else ""
        container = f" -c {self.container}" if self.container else ""
        scope = f" -n {self.subject.namespace}" if self.subject.namespace else ""
        target = self.subject.name if self.subject.kind == "Pod" else f"{self.subject.kind.lower()}/{self.subject.name}"
        return Evidence(
            subject=self.subject,
            source=EvidenceSource.LOG,
            path=f"{self.container or 'log'}{'.previous' if self.previous else ''}[{position}]",
            value=self.lines[position],
            command=f"kubectl logs {target}{scope}{container}{which}",
        )


class Metric(StrEnum):
    """Canonical names of series, with their unit."""

    CPU_CORES = "cpu_cores"
    CPU_THROTTLED = "cpu_throttled_seconds_per_second"
    MEMORY_BYTES = "memory_bytes"
    REQUESTS = "requests_per_second"
    SUCCESS = "success_ratio"
    RECEIVED = "network_received_packets_per_second"
    SENT = "network_sent_packets_per_second"
    LATENCY_MEDIAN = "latency_median_ms"
    LATENCY_HIGH = "latency_high_percentile_ms"
    RETRANSMITS = "tcp_retransmits_per_second"
    VOLUME_USED = "volume_used_ratio"
    NODE_DISK_USED = "node_disk_used_ratio"
    NODE_MEMORY_USED = "node_memory_used_ratio"


class MetricSeries(Record):
    """Samples of one metric of one object, oldest first; `times` in seconds since the epoch."""

    subject: ObjectRef
    metric: Metric
    times: tuple[float, ...]
    values: tuple[float, ...]
    query: str = ""

    def cite(self, statement: str, value: float | str) -> Evidence:
        """Cite a number read off the series."""
        return Evidence(
            subject=self.subject,
            source=EvidenceSource.METRIC,
            path=f"{self.metric.value} {statement}",
            value=value,
            command=self.query,
        )


class Anomaly(StrEnum):
    """What an alert is about."""

    LATENCY = "latency"
    ERRORS = "errors"
    TRAFFIC_DROP = "traffic drop"
    TRAFFIC_SURGE = "traffic surge"
    CPU = "cpu saturation"
    MEMORY = "memory saturation"
    RETRANSMISSION = "tcp retransmission"
    NO_SAMPLES = "no samples"
    OTHER = "other"


class Alert(Record):
    """An alert that fired, from Alertmanager or a recording.

    `before` and `now` are the figures that it compares, where it gives any; `text` is what it says.
    """

    name: str
    subject: ObjectRef | None = None
    anomaly: Anomaly = Anomaly.OTHER
    text: str = ""
    severity: str = ""
    started_at: datetime | None = None
    before: float | None = None
    now: float | None = None
    labels: dict[str, str] = {}

    def cite(self) -> Evidence:
        """Cite what the alert says."""
        return Evidence(
            subject=self.subject or ObjectRef(kind="Alert", name=self.name),
            source=EvidenceSource.ALERT,
            path=self.name,
            value=self.text,
            observed_at=self.started_at,
        )


class NodeService(Record):
    """State of a system service on a node, as `systemctl status` shows it."""

    node: str
    service: str
    active: str
    detail: str = ""
    since: datetime | None = None
    lines: tuple[str, ...] = ()

    def cite(self) -> Evidence:
        """Cite the service's state."""
        return Evidence(
            subject=ObjectRef(kind="Node", name=self.node),
            source=EvidenceSource.NODE_SERVICE,
            path=self.service,
            value=f"{self.active} {self.detail}".strip(),
            observed_at=self.since,
            command=f"systemctl status {self.service}  # on {self.node}",
        )


class ConnectionProbe(Record):
    """One attempt to connect. `from_node` is empty where the recording does not tell; `target` is a Service."""

    target: ObjectRef
    port: int
    succeeded: bool
    from_node: str = ""
    text: str = ""

    def cite(self) -> Evidence:
        """Cite the attempt's result."""
        origin = f"from {self.from_node} " if self.from_node else ""
        return Evidence(
            subject=self.target,
            source=EvidenceSource.PROBE,
            path=f"connect {origin}to port {self.port}",
            value=self.text or ("succeeded" if self.succeeded else "failed"),
        )


class CallEdge(Record):
    """`caller` calls `callee`; both are workloads or Services. `origin` tells where that is known from."""

    caller: ObjectRef
    callee: ObjectRef
    origin: str


class UnparsedText(Record):
    """Text that could not be turned into objects or records."""

    origin: str
    text: str
    reason: str = ""
