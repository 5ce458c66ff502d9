"""What counts as a trend, and what a change in one figure may be blamed on."""

from __future__ import annotations

import random

import pytest

from cluster_doctor.rules.performance.trends import grows_steadily, last_rise
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
