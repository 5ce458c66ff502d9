"""Runs of a CronJob that do not start because an earlier one does not end."""

from __future__ import annotations

import pytest

from rules.causes import causes_of

CRON = """
kind: CronJob
metadata: {name: export}
spec:
  schedule: '*/10 * * * *'
  concurrencyPolicy: Forbid
  jobTemplate: {spec: {template: {spec: {containers: [{name: app}]}}}}
"""
RUN = """
---
kind: Job
metadata:
  name: export-1
  creationTimestamp: '2026-01-01T06:00:00Z'
  ownerReferences: [{apiVersion: batch/v1, kind: CronJob, name: export, controller: true}]
spec: {template: {spec: {containers: [{name: app}]}}}
status: {active: 1, startTime: '2026-01-01T06:00:00Z'}
"""
LEFT_OUT = """
---
kind: Event
metadata: {name: e1}
involvedObject: {kind: CronJob, name: export, apiVersion: batch/v1}
reason: JobAlreadyActive
type: Normal
count: 35
message: Not starting job because prior execution is running and concurrency policy is Forbid
lastTimestamp: '2026-01-01T11:50:00Z'
"""
DONE = RUN.replace("{active: 1,", "{conditions: [{type: Complete, status: 'True'}], succeeded: 1,")
STUCK = """
---
kind: Pod
metadata: {name: export-1-x, ownerReferences: [{apiVersion: batch/v1, kind: Job, name: export-1, controller: true}]}
spec: {nodeName: n1, restartPolicy: Never, containers: [{name: app}, {name: proxy}]}
status:
  phase: Running
  containerStatuses:
  - {name: app, state: {terminated: {exitCode: 0, finishedAt: '2026-01-01T06:10:00Z'}}}
  - {name: proxy, ready: true, state: {running: {startedAt: '2026-01-01T06:00:00Z'}}}
"""


def test_a_run_that_does_not_end_blocks_its_cron_job() -> None:
    assert causes_of(CRON + RUN + LEFT_OUT) == [("earlier_run_blocks_cron_job", "export")]


@pytest.mark.parametrize(
    "text",
    [
        CRON + DONE + LEFT_OUT,
        CRON + RUN + LEFT_OUT.replace("count: 35", "count: 1"),
        CRON.replace("Forbid", "Replace") + RUN + LEFT_OUT,
        CRON.replace("schedule:", "suspend: true\n  schedule:") + RUN + LEFT_OUT,
        CRON + RUN + LEFT_OUT.replace("T11:50", "T06:20"),
    ],
    ids=["it ended", "one start", "it is replaced", "suspended", "long ago"],
)
def test_a_start_that_is_left_out_now_and_then_is_what_the_policy_is_for(text: str) -> None:
    assert causes_of(text) == []


def test_what_keeps_the_run_from_ending_is_named_instead() -> None:
    assert [rule for rule, _ in causes_of(CRON + RUN + LEFT_OUT + STUCK)] == ["sidecar_keeps_job_running"]
