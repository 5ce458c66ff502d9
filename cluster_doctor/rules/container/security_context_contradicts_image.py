"""A security context that the image cannot satisfy."""

from __future__ import annotations

import re

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.start_errors import start_errors
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

_WORDS = re.compile(
    r"runAsNonRoot and image (?:will run as root|has non-numeric user)|runAsUser breaks non-root policy"
)


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=unwell_pods)
def security_context_contradicts_image(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The container may not run as root, but its image does.

    Why it matters:
        The kubelet refuses to create a container whose user it must not allow.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - name: app
            securityContext: {runAsNonRoot: true}
        status:
          phase: Pending
          containerStatuses:
          - name: app
            ready: false
            state:
              waiting: {reason: CreateContainerConfigError, message: container has runAsNonRoot and image will
                  run as root}

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
            restartCount: 0
            state:
              running: {startedAt: '2026-01-01T09:00:00Z'}

    Remedy:
        Set `runAsUser` to a user that the image supports, or build the image for one.

    References:
        https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
    """
    if not pod.expected_to_run:
        return
    for container in pod.containers:
        for words, evidence in start_errors(pod, container, cluster):
            if _WORDS.search(words):
                yield Match(
                    message=f"container {container.name} of Pod {pod.name} cannot be created: {words}",
                    evidence=(evidence,),
                    effects=(Effect(EffectKind.POD_NOT_STARTED, pod.ref),),
                    about=container.name,
                    since=pod.created_at,
                )
                break
