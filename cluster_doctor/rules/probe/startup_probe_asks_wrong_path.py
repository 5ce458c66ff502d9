"""A startup probe for a path that the server does not serve."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Severity
from cluster_doctor.rules.probe.failure import pods_with_failing_probes
from cluster_doctor.rules.probe.mismatch import wrong_paths
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, Pod


@rule(Severity.ERROR, subject=Pod, needs=(Event,), directness=Directness.STATED, among=pods_with_failing_probes)
def startup_probe_asks_wrong_path(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The startup probe asks for a path that the server answers with an error of the caller.

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
              httpGet: {port: 8080, path: /healthy}
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
        message: 'Startup probe failed: HTTP probe failed with statuscode: 404'

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
              httpGet: {port: 8080, path: /healthy}
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
        Set the probe's path to one that the server answers with success.

    References:
        https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
    """
    yield from wrong_paths(pod, cluster, "startup")
