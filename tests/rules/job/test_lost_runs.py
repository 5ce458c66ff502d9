"""Why a Job failed, as its last Pod tells."""

from __future__ import annotations

import pytest

from rules.causes import causes_of

JOB = """
kind: Job
metadata: {name: load, creationTimestamp: '2026-01-01T11:00:00Z'}
spec: {backoffLimit: 1, template: {spec: {containers: [{name: app}]}}}
status: STATUS
---
kind: Pod
metadata:
  name: load-a
  creationTimestamp: '2026-01-01T11:05:00Z'
  ownerReferences: [{apiVersion: batch/v1, kind: Job, name: load, controller: true}]
spec:
  nodeName: n1
  restartPolicy: Never
  containers: [{name: app, resources: {limits: {memory: 64Mi}}}]
status:
  phase: Failed
  containerStatuses: [{name: app, ready: false, state: {terminated: ENDED}}]
---
{kind: Log, subject: Pod/load-a, container: app, lines: [LINE]}
"""
FAILED = "{failed: 2, conditions: [{type: Failed, status: 'True', reason: BackoffLimitExceeded, message: gave up}]}"
ERROR = "{exitCode: 1, reason: Error, finishedAt: '2026-01-01T11:06:00Z'}"
OTHER = """
---
kind: Pod
metadata:
  name: load-b
  creationTimestamp: '2026-01-01T11:30:00Z'
  ownerReferences: [{apiVersion: batch/v1, kind: Job, name: load, controller: true}]
spec: {nodeName: n1, restartPolicy: Never, containers: [{name: app}]}
status:
  phase: PHASE
  conditions: [{type: Ready, status: 'True'}]
  containerStatuses: [{name: app, ready: true, state: {running: {startedAt: '2026-01-01T11:30:01Z'}}}]
"""


def _job(line: str = "started", ended: str = ERROR, status: str = FAILED) -> str:
    return JOB.replace("STATUS", status).replace("ENDED", ended).replace("LINE", repr(line))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (_job('/bin/sh: syntax error: unexpected end of file (expecting "fi")'), "script_has_syntax_error"),
        (_job("required key BUCKET_NAME missing value"), "environment_variable_is_missing"),
        (_job(ended="{exitCode: 137, reason: OOMKilled}"), "memory_limit_is_exceeded"),
        (_job(ended="{exitCode: 128, reason: StartError, message: 'exec: \"x\": executable file not found in $PATH'}"),
         "command_does_not_exist"),
        (_job("/app: exec format error"), "image_is_built_for_another_architecture"),
        (_job("ERROR: row 17 is not valid"), "job_has_failed"),
    ],
)  # fmt: skip
def test_what_the_failed_pod_says_is_why_the_job_failed(text: str, rule: str) -> None:
    assert causes_of(text) == [(rule, "load")]


@pytest.mark.parametrize(
    "status",
    ["{succeeded: 1, failed: 1, conditions: [{type: Complete, status: 'True'}]}", "{failed: 1, active: 1, ready: 1}"],
    ids=["done by another Pod", "another Pod is at work"],
)
def test_a_failed_pod_is_history_once_another_does_the_work(status: str) -> None:
    phase = "Succeeded" if "succeeded" in status else "Running"
    text = _job(ended="{exitCode: 137, reason: OOMKilled}", status=status) + OTHER.replace("PHASE", phase)
    assert causes_of(text) == []


def test_a_failed_pod_of_no_job_is_left_alone() -> None:
    alone = _job(ended="{exitCode: 137, reason: OOMKilled}").split("---", 1)[1]
    assert causes_of(alone) == []
