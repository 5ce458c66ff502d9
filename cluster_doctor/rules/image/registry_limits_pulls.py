"""A registry that limits pulls."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.image.pulling import PullError, failed_pulls, pods_without_image
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=pods_without_image)
def registry_limits_pulls(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The registry refuses the pull because too many were made.

    Why it matters:
        Anonymous pulls are limited per address, and all nodes behind one gateway share it.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app, image: 'registry.example.com/web:1.9'}
        status:
          phase: Pending
          containerStatuses:
          - name: app
            ready: false
            state:
              waiting: {reason: ImagePullBackOff}
        ---
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: Pod, name: web-0}
        reason: Failed
        type: Warning
        message: 'Failed to pull image "registry.example.com/web:1.9": failed to pull and unpack image: toomanyrequests:
          You have reached your pull rate limit'

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app, image: registry.example.com/web:1.9}]}
        status: {phase: Running, containerStatuses: [{name: app, ready: true, state: {running: {}}}]}

    Remedy:
        Pull with credentials, or through a mirror or cache.

    References:
        https://kubernetes.io/docs/concepts/containers/images/
    """
    for pull in failed_pulls(pod, cluster):
        if pull.error not in {PullError.RATE_LIMIT}:
            continue
        yield Match(
            message=f"the registry limits pulls of image {pull.container.image}",
            evidence=pull.evidence,
            effects=(Effect(EffectKind.POD_NOT_STARTED, pod.ref),),
            about=pull.container.name,
            since=pod.created_at,
            facts=(("image", pull.container.image), ("container", pull.container.name)),
        )
