"""An image without a build for the node's platform."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.image.pulling import PullError, failed_pulls, pods_without_image
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=pods_without_image)
def image_lacks_the_platform(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The image has no build for the node's operating system and architecture.

    Why it matters:
        On clusters with mixed architectures the same image may run on one node and fail on the next.

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
        message: 'Failed to pull image "registry.example.com/web:1.9": failed to pull and unpack image: no match
          for platform in manifest: not found'

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app, image: registry.example.com/web:1.9}]}
        status: {phase: Running, containerStatuses: [{name: app, ready: true, state: {running: {}}}]}

    Remedy:
        Build the image for every architecture in the cluster, or keep the Pod on nodes that fit.

    References:
        https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-arch
    """
    for pull in failed_pulls(pod, cluster):
        if pull.error not in {PullError.PLATFORM}:
            continue
        yield Match(
            message=f"image {pull.container.image} has no build for the platform of node {pod.node_name}",
            evidence=pull.evidence,
            effects=(Effect(EffectKind.POD_NOT_STARTED, pod.ref),),
            about=pull.container.name,
            since=pod.created_at,
            facts=(("image", pull.container.image), ("container", pull.container.name)),
        )
