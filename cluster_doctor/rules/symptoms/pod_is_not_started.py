"""A Pod whose containers do not come up."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity, Stage
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

PATIENCE = timedelta(minutes=2)
"""How long pulling and mounting may take before somebody should look."""

STARTING = frozenset({"ContainerCreating", "PodInitializing"})
CRASHING = frozenset({"CrashLoopBackOff"})


@rule(Severity.WARNING, subject=Pod, stage=Stage.SYMPTOM, among=unwell_pods)
def pod_is_not_started(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The Pod has a node, but the kubelet cannot start its containers.

    Why it matters:
        Images, volumes, configuration and the sandbox must all be there before anything runs; while one is
        missing the Pod serves nothing and logs nothing.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Pending
          containerStatuses: [{name: app, ready: false, state: {waiting: {reason: ImagePullBackOff}}}]

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0, creationTimestamp: "2026-01-01T11:59:30Z"}
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Pending
          containerStatuses: [{name: app, ready: false, state: {waiting: {reason: ContainerCreating}}}]

    Remedy:
        Read the newest Warning Event of the Pod; it names what is missing.

    References:
        https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/
    """
    if not pod.expected_to_run or not pod.placed:
        return
    for container in pod.containers:
        reason = container.waiting
        if not reason or reason in CRASHING:
            continue
        if reason in STARTING:
            young = pod.created_at is None or cluster.taken_at - pod.created_at < PATIENCE
            troubled = any(event.type == "Warning" for event in cluster.events_about(pod.ref))
            if (young and not troubled) or container.restarts:
                continue
        yield Match(
            message=f"container {container.name} of Pod {pod.name} waits: {reason}",
            evidence=pod.cite_container(container, "state.waiting.reason"),
            effects=(Effect(EffectKind.POD_NOT_STARTED, pod.ref),),
            since=pod.created_at,
        )
        return
