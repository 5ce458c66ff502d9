"""An image that the registry does not hand out."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.image.pull_secrets import describe_pull_secrets
from cluster_doctor.rules.image.pulling import PullError, failed_pulls, pods_without_image
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=pods_without_image)
def image_pull_is_denied(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The registry refuses to hand out the image: it asks for credentials that the Pod does not bring.

    Why it matters:
        Private images need an imagePullSecret, in the Pod or its ServiceAccount, that the registry accepts.

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
        message: 'Failed to pull image "registry.example.com/web:1.9": failed to pull and unpack image: authorization
          failed: 401 Unauthorized'

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app, image: registry.example.com/web:1.9}]}
        status: {phase: Running, containerStatuses: [{name: app, ready: true, state: {running: {}}}]}

    Remedy:
        Create a Secret of type kubernetes.io/dockerconfigjson and name it in imagePullSecrets.

    References:
        https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/
    """
    for pull in failed_pulls(pod, cluster):
        if pull.error not in {PullError.DENIED}:
            continue
        yield Match(
            message=f"the registry denies image {pull.container.image}: " + describe_pull_secrets(pod, cluster),
            evidence=pull.evidence,
            effects=(Effect(EffectKind.POD_NOT_STARTED, pod.ref),),
            about=pull.container.name,
            since=pod.created_at,
            facts=(("image", pull.container.image), ("container", pull.container.name)),
        )
