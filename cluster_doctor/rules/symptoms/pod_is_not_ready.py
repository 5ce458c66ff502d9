"""A Pod that runs, but is not ready."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity, Stage
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Container, Pod


@rule(Severity.WARNING, subject=Pod, stage=Stage.SYMPTOM, among=unwell_pods)
def pod_is_not_ready(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The Pod runs, but is not ready, so that Services send it nothing.

    Why it matters:
        Traffic goes to ready Pods only; with none left the Service refuses connections.

    Fires on:
        kind: Pod
        metadata: {name: web-0, creationTimestamp: "2026-01-01T11:00:00Z"}
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          conditions: [{type: Ready, status: "False", reason: ContainersNotReady}]
          containerStatuses: [{name: app, ready: false, state: {running: {startedAt: "2026-01-01T11:00:00Z"}}}]

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0, creationTimestamp: "2026-01-01T11:59:50Z"}
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          conditions: [{type: Ready, status: "False", reason: ContainersNotReady}]
          containerStatuses: [{name: app, ready: false, state: {running: {startedAt: "2026-01-01T11:59:51Z"}}}]

    Remedy:
        Find out why the readiness probe fails, or which condition of the Pod is False.

    References:
        https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-readiness-gate
    """
    if not pod.expected_to_run or pod.phase != "Running" or pod.ready or not pod.condition("Ready"):
        return
    refused = any(event.reason == "Unhealthy" for event in cluster.events_about(pod.ref))
    started = [container.running_since for container in pod.containers if container.running_since]
    grace = max((_grace(container) for container in pod.containers), default=timedelta(minutes=1))
    if not refused and started and cluster.taken_at - max(started) < grace:
        return
    yield Match(
        message=f"Pod {pod.name} is not ready",
        evidence=(pod.cite(f"{pod.condition_path('Ready')}.status"),),
        effects=(Effect(EffectKind.POD_NOT_READY, pod.ref),),
        since=pod.created_at,
    )


def _grace(container: Container) -> timedelta:
    """How long the first successful readiness check may take."""
    startup, readiness = container.probes.get("startup"), container.probes.get("readiness")
    seconds = 60
    if readiness:
        seconds = max(seconds, readiness.initial_delay + readiness.period * readiness.success_threshold)
    if startup:
        seconds += startup.initial_delay + startup.period * startup.failure_threshold
    return timedelta(seconds=seconds)
