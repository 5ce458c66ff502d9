"""What a series of samples does over time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.records import Metric, MetricSeries
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

FEWEST = 12
"""Samples below which nothing is called a trend; a warm-up fills a few."""

PARTS = 6
"""Into how many parts of one length samples are cut."""

FALL = 0.25
"""Share by which a process that is started anew lies below the one before; no collection of garbage ends in a kill."""

STEADY = 0.8
"""Share of parts that lie above the part before in a steady rise."""


def series_of(workload: ObjectRef, metric: Metric, cluster: ClusterSnapshot) -> list[MetricSeries]:
    """List the series of a workload and of its Pods: recordings differ in which of the two they name."""
    refs = [workload, *(pod.ref for pod in cluster.pods_of(workload))]
    return [series for ref in dict.fromkeys(refs) if (series := cluster.series(ref, metric))]


def last_rise(values: Sequence[float]) -> Sequence[float]:
    """The samples since the last fall by half: a process that was started anew begins again."""
    begin = 0
    for position in range(1, len(values)):
        if values[position] < values[position - 1] / 2:
            begin = position
    return values[begin:]


def rises(values: Sequence[float]) -> list[Sequence[float]]:
    """Cut samples where they fall by a quarter of what they were: each part is the life of one process."""
    cuts = [at for at in range(1, len(values)) if values[at] < (1 - FALL) * values[at - 1]]
    return [values[begin:end] for begin, end in pairwise([0, *cuts, len(values)])]


def grows_steadily(values: Sequence[float], factor: float) -> bool:
    """Tell whether samples rise part by part, and to the end, to a multiple of where they began.

    Parts are compared by their medians: what is measured each minute goes up and down by a little all the time.
    """
    if len(values) < FEWEST or values[0] <= 0 or values[-1] < factor * values[0]:
        return False
    size = len(values) // PARTS
    levels = [median(values[at : at + size]) for at in range(len(values) % PARTS, len(values), size)]
    steps = [after > before for before, after in pairwise(levels)]
    return steps[-1] and sum(steps) / len(steps) >= STEADY


def recent_level(values: Sequence[float]) -> float:
    """The median of the last quarter: one sample that stands out does not count."""
    return median(values[-max(1, len(values) // 4) :])
