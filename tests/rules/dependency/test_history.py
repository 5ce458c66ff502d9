"""Lines of logs that tell of what is over."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of

JOB = """
kind: Job
metadata: {name: load}
spec: {template: {spec: {containers: [{name: app}]}}}
status: {failed: 1, CONDITIONS}
---
kind: Pod
metadata: {name: load-x, ownerReferences: [{apiVersion: batch/v1, kind: Job, name: load, controller: true}]}
spec: {nodeName: n1, restartPolicy: Never, containers: [{name: app}]}
status:
  phase: Failed
  containerStatuses:
  - {name: app, ready: false, state: {terminated: {exitCode: 1, finishedAt: '2026-01-01T11:30:00Z'}}}
---
{kind: Log, subject: Pod/load-x, container: app, lines: ['dial tcp 10.1.2.3:5432: connect: connection refused']}
"""
RESTARTED = """
kind: Deployment
metadata: {name: web}
spec: {replicas: 1, template: {spec: {containers: [{name: app}]}}}
status: {replicas: 1, readyReplicas: 1}
---
kind: Pod
metadata: {name: web-0, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]}
spec: {nodeName: n1, containers: [{name: app}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'True'}]
  containerStatuses:
  - name: app
    ready: true
    restartCount: 5
    state: {running: {startedAt: 'ENDED'}}
    lastState: {terminated: {exitCode: 1, reason: Error, finishedAt: 'ENDED'}}
---
kind: Log
subject: Pod/web-0
container: app
previous: PREVIOUS
lines: ['dial tcp 10.1.2.3:5432: connect: connection refused']
"""


def _complaints(text: str) -> list[str]:
    diagnosis = diagnose(snapshot_of(text), Incident())
    told = [*diagnosis.unexplained, *(symptom for cause in diagnosis.root_causes for symptom in cause.explains)]
    return [symptom.subject.name for symptom in told if symptom.rule == "workload_logs_failing_calls"]


def _restarted(ended: str, *, previous: bool) -> str:
    return RESTARTED.replace("ENDED", ended).replace("PREVIOUS", str(previous).lower())


def test_a_try_of_a_job_that_came_through_is_over() -> None:
    assert _complaints(JOB.replace("CONDITIONS", "conditions: [{type: Complete, status: 'True'}]")) == []
    assert _complaints(JOB.replace("CONDITIONS", "active: 1")) == ["load"]


@pytest.mark.parametrize(
    ("ended", "previous", "expected"),
    [
        ("2026-01-01T10:00:00Z", True, []),
        ("2026-01-01T11:58:00Z", True, ["web"]),
        ("2026-01-01T10:00:00Z", False, ["web"]),
    ],
    ids=["an instance before, long ago", "an instance before, a moment ago", "the one that runs"],
)
def test_the_instance_before_one_that_stays_is_over(ended: str, previous: bool, expected: list[str]) -> None:  # noqa: FBT001 - a parameter of the table
    assert _complaints(_restarted(ended, previous=previous)) == expected


WAITS = "canceling statement due to lock timeout"


@pytest.mark.parametrize(("times", "expected"), [(1, []), (4, ["web"])])
def test_a_lock_is_a_fault_where_it_is_met_again_and_again(times: int, expected: list[str]) -> None:
    lines = repr([f"{second} ERROR {WAITS}" for second in range(times)])
    text = _restarted("2026-01-01T10:00:00Z", previous=False)
    assert _complaints(text.replace("['dial tcp 10.1.2.3:5432: connect: connection refused']", lines)) == expected


def test_a_run_after_which_a_later_one_came_through_is_over() -> None:
    owner = "ownerReferences: [{apiVersion: batch/v1, kind: CronJob, name: nightly, controller: true}]"
    failed = JOB.replace("CONDITIONS", "conditions: [{type: Failed, status: 'True', reason: BackoffLimitExceeded}]")
    failed = failed.replace("{name: load}", f"{{name: load, creationTimestamp: '2026-01-01T10:00:00Z', {owner}}}")
    failed += """
---
kind: CronJob
metadata: {name: nightly}
spec: {schedule: 0 2 * * *, jobTemplate: {spec: {template: {spec: {containers: [{name: app}]}}}}}
"""
    later = f"""
---
kind: Job
metadata: {{name: load-2, creationTimestamp: '2026-01-01T11:00:00Z', {owner}}}
spec: {{template: {{spec: {{containers: [{{name: app}}]}}}}}}
status: {{succeeded: 1, conditions: [{{type: Complete, status: 'True'}}]}}
"""
    assert _complaints(failed + later) == []
    assert _complaints(failed) == ["nightly"]


PROXY = """
kind: Deployment
metadata: {name: proxy}
spec: {replicas: 1, template: {spec: {containers: [{name: app}]}}}
status: {replicas: 1, readyReplicas: 1}
---
kind: Pod
metadata: {name: proxy-0, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: proxy, controller: true}]}
spec: {nodeName: n1, containers: [{name: app}]}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
---
"""
CUT = "upstream prematurely closed connection while reading response header from upstream, client: 10.9.9.9"
SERVED = '10.9.9.9 - - "GET / HTTP/1.1" 200 150'


@pytest.mark.parametrize(
    ("lines", "told"),
    [([CUT, *[SERVED] * 10], []), ([*[SERVED] * 10, CUT], ["proxy"]), ([CUT, SERVED], ["proxy"])],
    ids=["many were served since", "it is the last", "hardly any was served since"],
)
def test_one_request_that_a_proxy_could_not_serve_is_no_symptom_once_many_were(
    lines: list[str], told: list[str]
) -> None:
    text = PROXY + f"{{kind: Log, subject: Pod/proxy-0, container: app, lines: {lines!r}}}"
    assert _complaints(text) == told
