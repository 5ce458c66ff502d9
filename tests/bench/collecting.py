"""What collecting one namespace's incident from a live cluster costs, in a small cluster and in a large one."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from cluster.api import TestCluster
from cluster.crowd import collect_incident, grow, prepare
from control_plane import binaries
from control_plane.cluster import ControlPlane

from .measurement import Measurement


def available() -> str:
    """Why there is no cluster to measure on; empty if there can be one."""
    missing = binaries.missing()
    return f"{binaries.assets()} lacks {', '.join(missing)}: `make test-cluster` builds them" if missing else ""


def measure() -> Iterator[Measurement]:
    """Collect among 200 and among 5,000 Pods."""
    with tempfile.TemporaryDirectory() as home:
        plane = ControlPlane(Path(home))
        plane.start()
        try:
            cluster = TestCluster(plane.kubeconfig)
            prepare(cluster)
            grow(cluster, 0, 199)
            few, among_few = _collected(cluster)
            grow(cluster, 199, 4999)
            many, among_many = _collected(cluster)
        finally:
            plane.stop()
    yield Measurement("API calls for a namespace's incident, 200 Pods", few, "calls")
    yield Measurement("API calls for a namespace's incident, 5000 Pods", many, "calls", below=few + 1)
    yield Measurement("  time of it, 200 Pods", among_few, "s")
    yield Measurement("  time of it, 5000 Pods", among_many, "s")


def _collected(cluster: TestCluster) -> tuple[int, float]:
    collect_incident(cluster)  # the kubernetes package is loaded once in a process
    begun = time.perf_counter()
    _, calls = collect_incident(cluster)
    return calls, time.perf_counter() - begun
