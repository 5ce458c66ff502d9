"""A startup probe on a port where nobody listens."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Severity
from cluster_doctor.rules.probe.failure import pods_with_failing_probes
from cluster_doctor.rules.probe.mismatch import wrong_ports
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, Pod


@rule(Severity.ERROR, subject=Pod, needs=(Event,), directness=Directness.STATED, among=pods_with_failing_probes)
def startup_probe_asks_wrong_port(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The startup probe asks a port that the container does not listen on.

    Why it matters:
        The kubelet restarts a healthy container because it asks in the wrong place.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - name: app
            ports:
            - {containerPort: 8080}
            startupProbe:
              tcpSocket: {port: 8081}
        status:
          phase: Running
          conditions:
          - {type: Ready, status: 'False'}
          containerStatuses:
          - name: app
            ready: false
            restartCount: 3
            state:
              running: {startedAt: '2026-01-01T11:58:00Z'}
        ---
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: Pod, name: web-0}
        reason: Unhealthy
        type: Warning
        count: 9
        lastTimestamp: '2026-01-01T11:59:50Z'
        message: 'Startup probe failed: dial tcp 10.0.0.7:8081: connect: connection refused'

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - name: app
            ports:
            - {containerPort: 8080}
            startupProbe:
              tcpSocket: {port: 8081}
        status:
          phase: Running
          conditions:
          - {type: Ready, status: 'True'}
          containerStatuses:
          - name: app
            ready: true
            restartCount: 0
            state:
              running: {startedAt: '2026-01-01T09:00:00Z'}

    Remedy:
        Set the startup probe's port to the one that the container listens on.

    References:
        https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
    """
    yield from wrong_ports(pod, cluster, "startup")
