"""A liveness probe that speaks another protocol than the server."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Severity
from cluster_doctor.rules.probe.failure import pods_with_failing_probes
from cluster_doctor.rules.probe.mismatch import wrong_protocols
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, Pod


@rule(Severity.ERROR, subject=Pod, needs=(Event,), directness=Directness.STATED, among=pods_with_failing_probes)
def liveness_probe_speaks_wrong_protocol(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The liveness probe speaks a protocol that the container's port does not.

    Why it matters:
        The kubelet restarts a healthy container because it speaks the wrong protocol.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - name: app
            ports:
            - {containerPort: 8080}
            livenessProbe:
              httpGet: {port: 8080, path: /}
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
        message: 'Liveness probe failed: Get "http://10.0.0.7:8080/": net/http: HTTP/1.x transport connection
          broken: malformed HTTP response "x"'

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - name: app
            ports:
            - {containerPort: 8080}
            livenessProbe:
              httpGet: {port: 8080, path: /}
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
        Probe with the protocol of the port: `grpc`, `tcpSocket`, or `httpGet` with the right scheme.

    References:
        https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
    """
    yield from wrong_protocols(pod, cluster, "liveness")
