"""A liveness probe that leaves no time to start."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.probe.failure import (
    Answer,
    Failure,
    client_error,
    failures,
    impatient,
    killed_while_starting,
    pods_with_failing_probes,
    too_early,
)
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, Pod


@rule(Severity.ERROR, subject=Pod, needs=(Event,), directness=Directness.COMPARED, among=pods_with_failing_probes)
def liveness_probe_is_too_impatient(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The liveness probe ends the container before its process can have started, or at the first slow answer.

    Why it matters:
        A restart resets the start, so that a process which needs longer than the probe allows never comes up.

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
              tcpSocket: {port: 8080}
              periodSeconds: 1
              failureThreshold: 1
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
        message: 'Liveness probe failed: dial tcp 10.0.0.7:8080: connect: connection refused'

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
              tcpSocket: {port: 8080}
              initialDelaySeconds: 60
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
        message: 'Liveness probe failed: dial tcp 10.0.0.7:8080: connect: connection refused'

    Remedy:
        Add a startupProbe, or raise initialDelaySeconds, timeoutSeconds and failureThreshold.

    References:
        https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
    """
    for failure in failures(pod, cluster, "liveness", "startup"):
        probe, container = failure.probe, failure.container
        early = too_early(failure) or impatient(failure)
        if failure.port_is_odd or not _may_be_starting(failure, early=early):
            continue
        if not (early or killed_while_starting(failure)) or not container.restarts:
            continue
        yield Match(
            message=(
                f"the {probe.name} probe of container {container.name} ends it within "
                f"{probe.initial_delay + probe.period * probe.failure_threshold} "
                f"s of its start (delay {probe.initial_delay} s, "
                f"period {probe.period} s, timeout {probe.timeout} s, threshold {probe.failure_threshold})"
            ),
            evidence=failure.evidence,
            effects=failure.effects,
            directness=Directness.COMPARED if early else Directness.REPORTED,
            about=container.name,
            since=pod.created_at,
            facts=(("container", container.name), ("probe", probe.name)),
        )


def _may_be_starting(failure: Failure, *, early: bool) -> bool:
    """Whether the answer is one that a process gives which has not come up yet.

    A server that says that it is unwell may be starting too, where the probe hardly lets it; one that
    calls the request wrong is up.
    """
    if failure.answer is Answer.STATUS:
        return early and not client_error(failure.words)
    return failure.answer in {Answer.NOBODY, Answer.SLOW, Answer.COMMAND}
