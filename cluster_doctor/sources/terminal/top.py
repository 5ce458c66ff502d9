"""The output of `kubectl top`: one sample of CPU and memory for each Pod or node."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.quantity import parse_quantity
from cluster_doctor.snapshot.records import Metric, MetricSeries
from cluster_doctor.sources.terminal.table import read_table

_COLUMNS = (("CPU(cores)", Metric.CPU_CORES), ("MEMORY(bytes)", Metric.MEMORY_BYTES))


def read_top(output: str, kind: str, namespace: str | None, now: datetime) -> list[MetricSeries]:
    """Read a table of usage; containers of one Pod add up."""
    sums: dict[tuple[ObjectRef, Metric], Decimal] = defaultdict(Decimal)
    for row in read_table(output):
        name = row.get("POD") or row.get("NAME", "")
        for column, metric in _COLUMNS:
            amount = parse_quantity(row.get(column, ""))
            if name and amount is not None:
                where = None if kind == "Node" else row.get("NAMESPACE") or namespace
                sums[(ObjectRef(kind=kind, name=name, namespace=where), metric)] += amount
    return [
        MetricSeries(
            subject=subject, metric=metric, times=(now.timestamp(),), values=(float(amount),), query="kubectl top"
        )
        for (subject, metric), amount in sums.items()
    ]
