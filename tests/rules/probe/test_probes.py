"""A failing probe: wrong port, wrong protocol, too impatient, or the process itself."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.diagnosis import Diagnosis
from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of

POD = """
kind: Pod
metadata: {name: web-0, creationTimestamp: '2026-01-01T11:00:00Z'}
spec:
  nodeName: n1
  containers:
  - name: app
    ports: [{containerPort: 8080}]
    KINDProbe: PROBE
status:
  phase: Running
  conditions: [{type: Ready, status: 'False'}]
  containerStatuses:
  - {name: app, ready: false, restartCount: RESTARTS, STATE}
---
kind: Event
metadata: {name: e}
type: Warning
reason: Unhealthy
message: "SAYS"
count: 20
involvedObject: {kind: Pod, name: web-0}
lastTimestamp: '2026-01-01T11:59:00Z'
"""
RUNS = "state: {running: {startedAt: '2026-01-01T11:00:00Z'}}"
KILLED = (
    "state: {running: {startedAt: '2026-01-01T11:59:50Z'}}, lastState: {terminated: {exitCode: 137, reason: Error, "
    "startedAt: '2026-01-01T11:59:40Z', finishedAt: '2026-01-01T11:59:48Z'}}"
)


def _diagnosis(kind: str, probe: str, says: str, state: str = RUNS) -> Diagnosis:
    text = POD.replace("KIND", kind).replace("PROBE", probe).replace("SAYS", says)
    text = text.replace("RESTARTS", "0" if state == RUNS else "6").replace("STATE", state)
    return diagnose(snapshot_of(text), Incident())


@pytest.mark.parametrize(
    ("kind", "probe", "says", "state", "rule"),
    [
        (
            "readiness",
            "{httpGet: {path: /, port: 9999}}",
            "Readiness probe failed: dial tcp 10.0.0.7:9999: connect: connection refused",
            RUNS,
            "readiness_probe_asks_wrong_port",
        ),
        (
            "readiness",
            "{httpGet: {path: /, port: 8080}}",
            "Readiness probe failed: net/http: HTTP/1.x transport connection broken: malformed HTTP response",
            RUNS,
            "readiness_probe_speaks_wrong_protocol",
        ),
        (
            "liveness",
            "{tcpSocket: {port: 9090}}",
            "Liveness probe failed: dial tcp 10.0.0.7:9090: connect: connection refused",
            KILLED,
            "liveness_probe_asks_wrong_port",
        ),
        (
            "liveness",
            "{tcpSocket: {port: 8080}, periodSeconds: 1, failureThreshold: 1}",
            "Liveness probe failed: dial tcp 10.0.0.7:8080: connect: connection refused",
            KILLED,
            "liveness_probe_is_too_impatient",
        ),
        (
            "liveness",
            "{grpc: {port: 8080}, periodSeconds: 1, failureThreshold: 1}",
            'Liveness probe failed: service unhealthy (responded with \\"NOT_SERVING\\")',
            KILLED,
            "liveness_probe_is_too_impatient",
        ),
        (
            "liveness",
            "{httpGet: {path: /healthz, port: 8080}, initialDelaySeconds: 40}",
            "Liveness probe failed: HTTP probe failed with statuscode: 503",
            KILLED,
            "probe_fails_for_the_process",
        ),
        (
            "readiness",
            "{httpGet: {path: /ready, port: 8080}}",
            "Readiness probe failed: HTTP probe failed with statuscode: 503",
            RUNS,
            "probe_fails_for_the_process",
        ),
        (
            "readiness",
            "{httpGet: {path: /helthz, port: 8080}}",
            "Readiness probe failed: HTTP probe failed with statuscode: 404",
            RUNS,
            "readiness_probe_asks_wrong_path",
        ),
    ],
)
def test_what_the_kubelet_met_tells_what_is_wrong(
    kind: str,
    probe: str,
    says: str,
    state: str,
    rule: str,
) -> None:
    diagnosis = _diagnosis(kind, probe, says, state)
    assert [cause.rule for cause in diagnosis.root_causes] == [rule]


def test_an_unwell_process_is_less_certain_than_a_wrong_port() -> None:
    process = _diagnosis(
        "readiness",
        "{httpGet: {path: /r, port: 8080}}",
        "Readiness probe failed: HTTP probe failed with statuscode: 503",
    )
    port = _diagnosis(
        "readiness",
        "{httpGet: {path: /r, port: 81}}",
        "Readiness probe failed: dial tcp 10.0.0.7:81: connect: connection refused",
    )
    assert process.root_causes[0].confidence < 0.5 < port.root_causes[0].confidence


def test_a_failure_before_the_pod_became_ready_is_history() -> None:
    text = POD.replace("KIND", "readiness").replace("PROBE", "{httpGet: {path: /, port: 8080}}")
    text = text.replace("SAYS", "Readiness probe failed: HTTP probe failed with statuscode: 503")
    text = text.replace("RESTARTS", "0").replace("STATE", RUNS).replace("ready: false", "ready: true")
    text = text.replace("type: Ready, status: 'False'", "type: Ready, status: 'True'")
    assert diagnose(snapshot_of(text), Incident()).root_causes == ()
