"""Samples in columns: `time`, then `<name>-<metric>` for every workload and node."""

from __future__ import annotations

import csv
import math
import re
from datetime import datetime, tzinfo

from cluster_doctor.snapshot.records import Metric, MetricSeries
from cluster_doctor.sources.opsbench.subjects import Subjects

_SUFFIXES: tuple[tuple[re.Pattern[str], Metric], ...] = tuple(
    (re.compile(rf"(.+)-{suffix}"), metric)
    for suffix, metric in (
        ("cpu_cfs", Metric.CPU_THROTTLED),
        ("cpu", Metric.CPU_CORES),
        ("mem(?:ory)?", Metric.MEMORY_BYTES),
        ("rps", Metric.REQUESTS),
        ("success_rate", Metric.SUCCESS),
        ("network_receive", Metric.RECEIVED),
        ("network_transmit", Metric.SENT),
        ("p50latency", Metric.LATENCY_MEDIAN),
        (r"p(?:9\d|99\d?)latency", Metric.LATENCY_HIGH),
        (r"(?:tcp_)?retr?ans(?:mits?)?", Metric.RETRANSMITS),
    )
)


def metric_of(column: str) -> tuple[str, Metric] | None:
    """Split a column's heading into a name and a metric."""
    for pattern, metric in _SUFFIXES:
        if match := pattern.fullmatch(column):
            return match[1], metric
    return None


def read_metrics(text: str, subjects: Subjects, zone: tzinfo) -> list[MetricSeries]:
    """Read all columns; cells that hold no number are left out, and so are columns nobody can place."""
    rows = list(csv.reader(text.splitlines()))
    if len(rows) < 2:
        return []
    times = [_seconds(row[0], zone) if row else None for row in rows[1:]]
    found = []
    for position, heading in enumerate(rows[0]):
        placed = metric_of(heading.strip())
        if not placed:
            continue
        samples = [
            (moment, value)
            for moment, row in zip(times, rows[1:], strict=True)
            if moment is not None and position < len(row) and (value := _value(row[position])) is not None
        ]
        if samples:
            name, metric = placed
            found.append(
                MetricSeries(
                    subject=subjects.named(name) or subjects.workload(name),
                    metric=metric,
                    times=tuple(moment for moment, _ in samples),
                    values=tuple(value for _, value in samples),
                    query=heading.strip(),
                )
            )
    return sorted(found, key=lambda series: series.query)


def _seconds(cell: str, zone: tzinfo) -> float | None:
    try:
        read = datetime.fromisoformat(cell.strip())
    except ValueError:
        return None
    return (read if read.tzinfo else read.replace(tzinfo=zone)).timestamp()


def _value(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
