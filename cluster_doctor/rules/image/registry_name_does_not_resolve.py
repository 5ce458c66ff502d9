"""A registry whose name does not resolve."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.image.pulling import PullError, failed_pulls, pods_without_image
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=pods_without_image)
def registry_name_does_not_resolve(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The registry's host name does not resolve on the node.

    Why it matters:
        The node, not the Pod, resolves the registry's name; a misspelt host and a broken resolver look alike.

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
        message: 'Failed to pull image "registry.example.com/web:1.9": failed to pull and unpack image: failed
          to do request: Head https://registry.example.com/v2/: dial tcp: lookup registry.example.com on 10.0.0.2:53:
          no such host'

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app, image: registry.example.com/web:1.9}]}
        status: {phase: Running, containerStatuses: [{name: app, ready: true, state: {running: {}}}]}

    Remedy:
        Correct the registry's host in the image reference, or repair name resolution on the nodes.

    References:
        https://kubernetes.io/docs/concepts/containers/images/#image-names
    """
    for pull in failed_pulls(pod, cluster):
        if pull.error not in {PullError.REGISTRY_UNRESOLVED}:
            continue
        yield Match(
            message=f"the registry of image {pull.container.image} does not resolve on the node",
            evidence=pull.evidence,
            effects=(Effect(EffectKind.POD_NOT_STARTED, pod.ref),),
            about=pull.container.name,
            since=pod.created_at,
            facts=(("image", pull.container.image), ("container", pull.container.name)),
        )
