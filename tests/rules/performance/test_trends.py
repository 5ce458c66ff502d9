"""What counts as a trend, and what a change in one figure may be blamed on."""

from __future__ import annotations

import random

import pytest

from cluster_doctor.rules.performance.trends import grows_steadily, last_rise, rises
from rules.causes import causes_of

NOISE = random.Random(7)
LEAK = [100 + 2 * minute + NOISE.uniform(-6, 6) for minute in range(120)]
PLATEAU = [min(100 + 4 * minute, 300) + NOISE.uniform(-6, 6) for minute in range(120)]

THROTTLED = """
kind: Deployment
metadata: {name: web}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, resources: {limits: {cpu: 200m}}}]}}}
---
kind: Pod
metadata:
  name: web-0
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec: {nodeName: n1, containers: [{name: app}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'True'}]
  containerStatuses: [{name: app, ready: true, restartCount: 0, state: {running: {}}}]
---
{kind: Alert, subject: Deployment/web, anomaly: latency, before: 40, now: 900, text: p95 high}
---
{kind: Metric, subject: Pod/web-0, metric: cpu_throttled_seconds_per_second, times: [1, 2, 3, 4], values: %s}
"""


def test_a_leak_is_a_rise_although_single_samples_fall() -> None:
    assert grows_steadily(LEAK, 2.0)


@pytest.mark.parametrize("values", [PLATEAU, LEAK[::-1], LEAK[:11], [0.0] * 20, []], ids=len)
def test_a_start_that_levels_out_a_fall_and_too_few_samples_are_none(values: list[float]) -> None:
    assert not grows_steadily(values, 2.0)


def test_a_rise_begins_again_after_a_restart() -> None:
    assert list(last_rise([1, 2, 3, 9, 1, 2, 3])) == [1, 2, 3]


def test_throttling_that_came_with_the_slowness_is_its_cause() -> None:
    found = causes_of(THROTTLED % "[0.0, 0.1, 0.5, 0.6]")
    assert found == [("cpu_limit_throttles_container", "web")]


def test_throttling_that_was_there_before_explains_no_change() -> None:
    found = causes_of(THROTTLED % "[0.6, 0.5, 0.6, 0.6]")
    assert "cpu_limit_throttles_container" not in {rule for rule, _ in found}


def test_a_burst_of_work_is_the_cause_and_the_limit_only_meets_it() -> None:
    burst = "{kind: Alert, subject: Deployment/web, anomaly: cpu saturation, before: 0.1, now: 1.9, text: busy}"
    found = causes_of(f"{THROTTLED % '[0.0, 0.1, 0.5, 0.6]'}\n---\n{burst}")
    assert found == [("workload_burns_cpu", "web")]


LEAKING = """
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, resources: {limits: {memory: 1000}}}]}
---
kind: Pod
metadata:
  name: web-0
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec: {nodeName: n1, containers: [{name: app, resources: {limits: {memory: 1000}}}]}
status:
  phase: Running
  podIP: 10.0.0.1
  conditions: [{type: Ready, status: 'True'}]
  containerStatuses:
  - name: app
    ready: true
    restartCount: 3
    state: {running: {}}
    lastState: {terminated: {exitCode: 137, reason: REASON, finishedAt: '2026-01-01T09:00:00Z'}}
---
{kind: Metric, subject: Pod/web-0, metric: memory_bytes, times: TIMES, values: VALUES}
"""


def _leaking(values: list[float], reason: str = "OOMKilled") -> list[tuple[str, str]]:
    times = [1767268800 - 120 * (len(values) - position) for position in range(len(values))]
    return causes_of(LEAKING.replace("REASON", reason).replace("TIMES", str(times)).replace("VALUES", str(values)))


def _teeth(begin: float, end: float, count: int = 3) -> list[float]:
    return [
        begin + (end - begin) * minute / 39 + NOISE.uniform(-5, 5) for _ in range(count) for minute in range(40)
    ] + [begin + NOISE.uniform(0, 5) for _ in range(6)]


def test_a_saw_that_ends_in_kills_each_time_is_a_leak_although_the_last_kill_is_hours_ago() -> None:
    assert _leaking(_teeth(600, 960)) == [("memory_use_keeps_growing", "web")]


def test_a_saw_that_stays_below_the_limit_or_ends_without_a_kill_is_none() -> None:
    assert _leaking(_teeth(300, 600)) == []
    assert _leaking(_teeth(600, 960), "Completed") == []


def test_use_that_fills_up_at_once_and_stays_is_no_leak() -> None:
    assert _leaking([900.0 + NOISE.uniform(-9, 9) for _ in range(120)]) == []


def test_a_life_of_a_process_ends_where_its_use_falls_by_a_quarter() -> None:
    assert [list(part) for part in rises([1, 2, 4, 2, 3, 1])] == [[1, 2, 4], [2, 3], [1]]
