"""A container that the runtime cannot create."""

from __future__ import annotations

import re

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.command_does_not_exist import names_program
from cluster_doctor.rules.container.start_errors import start_errors
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

REFUSED = frozenset(
    {
        "CreateContainerError",
        "RunContainerError",
        "StartError",
        "PreCreateHookError",
        "PreStartHookError",
        "PostStartHookError",
    }
)
"""Waiting reasons by which the kubelet passes on the runtime's refusal (pkg/kubelet/kuberuntime)."""

_TOLD_ELSEWHERE = re.compile(r"exec format|OOM-killed")


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=unwell_pods)
def container_cannot_be_created(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The container runtime refuses to create or start the container, and says why.

    Why it matters:
        Image and configuration are there; a mount, a device, a name or a hook is what the runtime stumbles over.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status:
          phase: Pending
          containerStatuses:
          - name: app
            ready: false
            state:
              waiting: {reason: CreateContainerError, message: 'failed to generate spec: path "/srv/spool" is
                  mounted on "/" but it is not a shared mount'}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: true
            state:
              running: {}

    Remedy:
        Correct what the runtime's message names.

    References:
        https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/
    """
    if not pod.expected_to_run:
        return
    for container in pod.containers:
        if container.waiting not in REFUSED:
            continue
        if any(
            _TOLD_ELSEWHERE.search(words) or names_program(words) for words, _ in start_errors(pod, container, cluster)
        ):
            continue
        path = f"{container.status_path}.state.waiting"
        told = container.waiting_message or next(
            (event.message for event in cluster.events_about(pod.ref, "Failed") if event.type == "Warning"), ""
        )
        yield Match(
            message=f"container {container.name} of Pod {pod.name} cannot be created: {told or container.waiting}",
            evidence=(pod.cite(f"{path}.message") if container.waiting_message else pod.cite(f"{path}.reason"),),
            effects=(Effect(EffectKind.POD_NOT_STARTED, pod.ref),),
            about=container.name,
            since=pod.created_at,
            facts=(("container", container.name), ("reason", container.waiting)),
        )
