"""An image that does not exist."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.image.pulling import PullError, failed_pulls, pods_without_image
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

_NO_SUCH_NAME = frozenset({PullError.NOT_FOUND, PullError.NAME_INVALID, PullError.NAME_AMBIGUOUS, PullError.NEVER_PULL})


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=pods_without_image)
def image_does_not_exist(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The registry has no image under the name and tag that the container asks for.

    Why it matters:
        Nothing runs until the reference is corrected; the kubelet goes on asking in growing intervals.

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
        message: 'Failed to pull image "registry.example.com/web:1.9": failed to resolve: registry.example.com/web:1.9:
          not found'

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app, image: registry.example.com/web:1.9}]}
        status: {phase: Running, containerStatuses: [{name: app, ready: true, state: {running: {}}}]}

    Remedy:
        Set an image that exists, or roll back to the last revision that ran.

    References:
        https://kubernetes.io/docs/concepts/containers/images/
    """
    for pull in failed_pulls(pod, cluster):
        if pull.error not in _NO_SUCH_NAME:
            continue
        yield Match(
            message=f"image {pull.container.image} of container "
            f"{pull.container.name} cannot be had: {pull.error.value}",
            evidence=pull.evidence,
            effects=(Effect(EffectKind.POD_NOT_STARTED, pod.ref),),
            about=pull.container.name,
            since=pod.created_at,
            facts=(("image", pull.container.image), ("container", pull.container.name)),
        )
