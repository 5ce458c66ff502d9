"""A probe that rightly finds the process unwell."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.ending import crashing_now
from cluster_doctor.rules.probe.failure import (
    Answer,
    client_error,
    failures,
    impatient,
    pods_with_failing_probes,
    too_early,
)
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, Pod


@rule(Severity.ERROR, subject=Pod, needs=(Event,), directness=Directness.SUGGESTED, among=pods_with_failing_probes)
def probe_fails_for_the_process(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """A probe that asks in the right place gets no good answer: the process is not well.

    Why it matters:
        The probe is the messenger; what keeps the process from answering has to be found in its log or dependencies.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - name: app
            ports:
            - {containerPort: 8080}
            readinessProbe:
              httpGet: {port: 8080, path: /ready}
        status:
          phase: Running
          conditions:
          - {type: Ready, status: 'False'}
          containerStatuses:
          - name: app
            ready: false
            restartCount: 0
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
        message: 'Readiness probe failed: HTTP probe failed with statuscode: 503'

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - name: app
            ports:
            - {containerPort: 8080}
            readinessProbe:
              httpGet: {port: 8080, path: /ready}
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
        Read the container's log; check what the readiness endpoint depends on.

    References:
        https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
    """
    for failure in failures(pod, cluster, "liveness", "readiness", "startup"):
        probe, container = failure.probe, failure.container
        if failure.port_is_odd or failure.answer is Answer.OTHER_PROTOCOL or client_error(failure.words):
            continue
        if probe.name != "readiness" and (too_early(failure) or impatient(failure)):
            continue
        if crashing_now(pod, container, cluster.taken_at) and probe.name == "readiness":
            continue  # a process that keeps ending cannot answer in between
        yield Match(
            message=f"the {probe.name} probe of container {container.name} "
            f"in Pod {pod.name} fails: {failure.words[:240]}",
            evidence=failure.evidence,
            effects=failure.effects,
            because=failure.effects,
            about=container.name,
            since=pod.created_at,
            facts=(("container", container.name), ("probe", probe.name)),
        )
