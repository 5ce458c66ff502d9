"""Probes of sidecars, which run while their Pod is still pending."""

from __future__ import annotations

from rules.causes import causes_of

STARTING = """
kind: Pod
metadata: {name: web-0, creationTimestamp: '2026-01-01T11:20:00Z'}
spec:
  nodeName: n1
  containers: [{name: app, startupProbe: {httpGet: {port: 8080, path: /}}}]
  initContainers:
  - {name: mesh, RESTARTS startupProbe: {httpGet: {port: 15021, path: /ready}}}
status:
  phase: Pending
  conditions: [{type: Initialized, status: 'False'}]
  containerStatuses: [{name: app, ready: false, restartCount: 0, state: {waiting: {reason: PodInitializing}}}]
  initContainerStatuses:
  - name: mesh
    ready: false
    started: false
    restartCount: 6
    state: {running: {startedAt: '2026-01-01T11:59:30Z'}}
    lastState: {terminated: {exitCode: 137, reason: Error, finishedAt: '2026-01-01T11:59:20Z'}}
---
kind: Event
metadata: {name: e1}
involvedObject: {kind: Pod, name: web-0}
reason: Unhealthy
type: Warning
count: 60
message: 'Startup probe failed: Get "http://10.0.0.9:15021/ready": dial tcp 10.0.0.9:15021: connect: connection refused'
lastTimestamp: '2026-01-01T11:59:50Z'
"""


def test_a_sidecar_whose_startup_probe_fails_keeps_the_pod_pending() -> None:
    sidecar = STARTING.replace("RESTARTS", "restartPolicy: Always,")
    assert [rule for rule, _ in causes_of(sidecar)] == ["probe_fails_for_the_process"]


def test_no_probe_of_a_pending_pod_is_that_of_a_container_that_waits() -> None:
    assert "probe_fails_for_the_process" not in [rule for rule, _ in causes_of(STARTING.replace("RESTARTS", ""))]
