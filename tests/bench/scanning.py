"""What a scan of a large live cluster costs, against fetching and parsing the same bytes in the same run."""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

import orjson
from cluster.api import TestCluster
from control_plane.cluster import ControlPlane

from cluster_doctor.domain.findings import WRONG_NOW
from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.catalogue import all_rules
from cluster_doctor.rules.engine import run_rules
from cluster_doctor.snapshot.collector import collector_paused
from cluster_doctor.sources.live.connection import connect
from cluster_doctor.sources.live.limits import Limits
from cluster_doctor.sources.live.reader import ApiReader
from cluster_doctor.sources.live.source import KubernetesSource
from cluster_doctor.sources.live.target import Target
from cluster_doctor.sources.protocol import Scope

from .measurement import Measurement, peak_memory
from .populated import populate

SIZES = (1_000, 5_000, 10_000)
_LIMITS = Limits(total=600)
_PODS_MEASURED = 9_000
"""A small cluster is scanned more often than a large one: what disturbs a second disturbs half a minute less."""
_MORE_RULES = 20


class Costs(NamedTuple):
    """One size, seconds and bytes."""

    fetching: float
    scanning: float
    judging: float
    size: int
    memory: int


def measure() -> Iterator[Measurement]:
    """Scan clusters of 1,000, 5,000 and 10,000 Pods."""
    costs: dict[int, Costs] = {}
    with tempfile.TemporaryDirectory() as home:
        plane = ControlPlane(Path(home), controllers=False)
        plane.start()
        try:
            cluster, before = TestCluster(plane.kubeconfig), 0
            for pods in SIZES:
                populate(cluster, before, pods)
                before = pods
                found = costs[pods] = _costs(str(plane.kubeconfig), times=max(3, _PODS_MEASURED // pods))
                yield from _compared(pods, found)
            more = _scan_with_more_rules(str(plane.kubeconfig))
            yield Measurement(f"scan with {_MORE_RULES} times the rules against one", more, "x", below=2)
        finally:
            plane.stop()
    small, large = costs[SIZES[1]], costs[SIZES[2]]
    growth = (large.scanning / small.scanning) / (large.size / small.size)
    yield Measurement("growth of the scan over that of the bytes", growth, "x", below=1.3)


def _compared(pods: int, costs: Costs) -> Iterator[Measurement]:
    yield Measurement(f"fetching and parsing, {pods} Pods ({costs.size / 1e6:.0f} MB)", costs.fetching, "s")
    yield Measurement(f"  scan, {pods} Pods", costs.scanning, "s")
    yield Measurement("  scan against fetching and parsing", costs.scanning / costs.fetching, "x", below=1.5)
    yield Measurement("  rules and inference against the same", costs.judging / costs.fetching, "x", below=0.25)
    yield Measurement("  memory against the size of the JSON", costs.memory / costs.size, "x", below=4)


def _costs(kubeconfig: str, *, times: int) -> Costs:
    paths = _paths(kubeconfig)
    pairs = [(_fetch(kubeconfig, paths), _scan(kubeconfig)) for _ in range(times)]
    fetching, size = min(fetched for fetched, _ in pairs)
    scanning, judging = min(scanned for _, scanned in pairs)
    done = subprocess.run(
        [sys.executable, "-m", __name__, kubeconfig], capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    return Costs(fetching, scanning, judging, size, int(done.stdout))


def _paths(kubeconfig: str) -> list[str]:
    """What a scan asks the server for."""
    asked: list[str] = []
    send = ApiReader._send

    def noted(self: ApiReader, method: str, path: str, query: dict[str, str], accept: str) -> object:
        asked.append(f"{path}?{'&'.join(f'{key}={value}' for key, value in query.items())}")
        return send(self, method, path, query, accept)

    with patch.object(ApiReader, "_send", noted):
        _scan(kubeconfig)
    return [path for path in asked if "limit=" in path]


def _fetch(kubeconfig: str, paths: list[str]) -> tuple[float, int]:
    """Seconds to fetch and parse the same lists, side by side as the scan does; and their bytes."""
    gc.collect()
    begun = time.perf_counter()
    connection = connect(Target(kubeconfig=kubeconfig), parallel=_LIMITS.parallel)
    reader = ApiReader(connection, _LIMITS)
    lists = {urlsplit(path).path: dict(parse_qsl(urlsplit(path).query)) for path in paths if "continue=" not in path}

    def fetch(path: str) -> int:
        size, query = 0, dict(lists[path])
        while True:
            body = reader.log(path, query)
            size += len(body)
            more = orjson.loads(body)["metadata"].get("continue")
            if not more:
                return size
            query["continue"] = more

    with ThreadPoolExecutor(_LIMITS.parallel) as pool:
        total = sum(pool.map(fetch, lists))
    seconds = time.perf_counter() - begun
    connection.close()
    return seconds, total


def _scan_with_more_rules(kubeconfig: str) -> float:
    """How much longer a scan takes with twenty times the rules, each of them under a name of its own."""
    rules = [rule for rule in all_rules() if rule.stage in WRONG_NOW]
    many = [replace(rule, name=f"{rule.name}_{number}") for number in range(_MORE_RULES) for rule in rules]
    taken = {}
    for asked in (rules, many):
        gc.collect()
        begun = time.perf_counter()
        seen = KubernetesSource(Target(kubeconfig=kubeconfig), limits=_LIMITS).collect(Scope())
        with collector_paused():
            run_rules(asked, seen)
        taken[len(asked)] = time.perf_counter() - begun
    return taken[len(many)] / taken[len(rules)]


def _scan(kubeconfig: str) -> tuple[float, float]:
    """Seconds of a scan, and of its rules and inference."""
    gc.collect()
    begun = time.perf_counter()
    seen = KubernetesSource(Target(kubeconfig=kubeconfig), limits=_LIMITS).collect(Scope())
    collected = time.perf_counter()
    diagnosis = diagnose(seen, Incident())
    ended = time.perf_counter()
    if diagnosis.root_causes or seen.coverage.gaps:
        raise AssertionError(f"the cluster is well, and was read: {diagnosis.root_causes[:2]} {seen.coverage.gaps[:2]}")
    return ended - begun, ended - collected


if __name__ == "__main__":
    # What the program itself takes is no part of it.
    all_rules()
    connect(Target(kubeconfig=sys.argv[1]), parallel=_LIMITS.parallel).close()
    _before = peak_memory()
    _scan(sys.argv[1])
    sys.stdout.write(str(peak_memory() - _before))
