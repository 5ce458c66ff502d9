"""What a diagnosis costs, from a loaded snapshot to the report, and against the price of parsing its JSON."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta

import orjson

import cluster_doctor
from cluster_doctor.agents.diagnostician import find_root_causes
from cluster_doctor.agents.remediator import plan_repairs
from cluster_doctor.agents.triager import judge_urgency
from cluster_doctor.agents.verifier import verify_report
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.report import Remediation, Report
from cluster_doctor.history.history import History, Home
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.reports.text import render_text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.protocol import silent

from .generated import crowd, recorded
from .measurement import Measurement, median_difference, median_seconds

TEXT = "deployment checkout in shop is crash looping since the last deploy"
_TIMES = 15
_PAIRS = 25
_CROWDS = (1_000, 5_000)


def measure() -> Iterator[Measurement]:
    """Diagnose the recorded incident alone and in crowds."""
    demo = recorded()
    render_text(_report(_copy(demo)))  # rules and renderings are loaded once in a process
    seconds = median_seconds(_TIMES, lambda: _on_copy(demo, _report_text))
    yield Measurement("loaded snapshot to report, demo incident", seconds * 1000, "ms", below=100)
    yield from _overhead(demo)
    for pods in _CROWDS:
        yield from _in_crowd(pods)


def _overhead(demo: ClusterSnapshot) -> Iterator[Measurement]:
    """What graph, checkpoints, run log, audit record and evidence add, in pairs, so that both see the same machine."""
    with tempfile.TemporaryDirectory() as home:
        pictures = (_copy(demo, later=timedelta(milliseconds=number)) for number in itertools.count(1))
        with History(home) as history:
            added = median_difference(_PAIRS, lambda: _pair(next(pictures), history))
        yield Measurement("  graph and record on top of that", added * 1000, "ms", below=30)
        added = median_difference(_PAIRS, lambda: _pair(next(pictures), home))
        yield Measurement("  the same, the history opened and closed each time", added * 1000, "ms")


def _pair(cluster: ClusterSnapshot, home: Home) -> tuple[Callable[[], object], Callable[[], object]]:
    """The specialists' work, and the same work on record, each on a picture that nobody has looked at."""
    one, other = _copy(cluster), _copy(cluster)
    return lambda: _report(one), lambda: cluster_doctor.diagnose(TEXT, source=other, home=home)


def _in_crowd(pods: int) -> Iterator[Measurement]:
    large = crowd(pods)
    written = orjson.dumps(list(large.objects))
    parsing = median_seconds(5, lambda: lambda: orjson.loads(written))
    reporting = median_seconds(3, lambda: _on_copy(large, _report_text))
    reasoning = median_seconds(3, lambda: _on_copy(large, lambda seen: diagnose(seen, Incident(text=TEXT))))
    yield Measurement(f"loaded snapshot to report, {pods} Pods", reporting * 1000, "ms")
    yield Measurement(f"  rules and inference, {pods} Pods", reasoning * 1000, "ms")
    yield Measurement(f"  parsing their {len(written) / 1e6:.0f} MB of JSON with orjson", parsing * 1000, "ms")
    yield Measurement("  rules and inference against parsing", reasoning / parsing, "x", below=10)


def _on_copy(cluster: ClusterSnapshot, work: Callable[[ClusterSnapshot], object]) -> Callable[[], object]:
    fresh = _copy(cluster)
    return lambda: work(fresh)


def _copy(cluster: ClusterSnapshot, later: timedelta = timedelta()) -> ClusterSnapshot:
    """The same picture, perhaps taken a little later, without what was remembered while it was read."""
    return ClusterSnapshot(
        taken_at=cluster.taken_at + later,
        objects=cluster.objects,
        coverage=cluster.coverage,
        identity=cluster.identity,
        logs=cluster.logs,
        source=cluster.source,
    )


def _report(cluster: ClusterSnapshot) -> Report:
    """What the nodes do, without a history."""
    incident = Incident(text=TEXT)
    verified = verify_report(incident, cluster, None, silent)
    found = find_root_causes(incident, verified.cluster)
    return Report(
        run_id="bench",
        status=found.status,
        incident=incident,
        taken_at=cluster.taken_at,
        source=cluster.source,
        claims=verified.claims,
        root_causes=found.root_causes,
        triage=judge_urgency(cluster, found),
        remediation=Remediation(plans=plan_repairs(cluster, found)),
    )


def _report_text(cluster: ClusterSnapshot) -> str:
    return render_text(_report(cluster))
