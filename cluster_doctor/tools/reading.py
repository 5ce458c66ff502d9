"""Tools that read a cluster or a recording of one."""

from __future__ import annotations

from collections.abc import Iterable

from cluster_doctor.domain.trace_spans import traced_tool
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.protocol import Progress, Scope, Source, Want


@traced_tool
def collect(source: Source, scope: Scope, progress: Progress) -> ClusterSnapshot:
    """Read what a scope asks for."""
    return source.collect(scope, progress)


@traced_tool
def fetch_missing(
    source: Source, cluster: ClusterSnapshot, wants: Iterable[Want], progress: Progress
) -> ClusterSnapshot:
    """Read what is still missing; the same snapshot comes back if nothing is."""
    missing = tuple(wants)
    return source.fetch(cluster, missing, progress) if missing else cluster
