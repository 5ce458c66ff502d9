"""An image that cannot be pulled, for a reason not told."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.image.pulling import PullError, failed_pulls, pods_without_image
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node, Pod


@rule(Severity.ERROR, subject=Pod, directness=Directness.SUGGESTED, among=pods_without_image)
def image_cannot_be_pulled(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The image cannot be pulled, and nobody said why.

    Why it matters:
        A back-off repeats only that it backs off; the Event that says why may have expired.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app, image: registry.example.com/web:1.9}]}
        status:
          phase: Pending
          containerStatuses: [{name: app, ready: false, state: {waiting: {reason: ImagePullBackOff}}}]
        ---
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: Pod, name: web-0}
        reason: Failed
        type: Warning
        message: 'Back-off pulling image'

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app, image: registry.example.com/web:1.9}]}
        status: {phase: Running, containerStatuses: [{name: app, ready: true, state: {running: {}}}]}

    Remedy:
        Read the Pod's Events from the first attempt on, or pull the image on the node.

    References:
        https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff
    """
    for pull in failed_pulls(pod, cluster):
        if pull.error not in {PullError.UNKNOWN, PullError.UNSIGNED, PullError.NO_ROOM}:
            continue
        why = pull.error.value
        if pull.error is PullError.UNKNOWN:
            said = pull.words.partition(f'"{pull.container.image}": ')[2]
            why = f"the runtime says: {said[:200]}" if said else "the reason is not recorded"
        yield Match(
            message=f"image {pull.container.image} cannot be pulled, and {why}",
            evidence=pull.evidence,
            blame=Node.ref_to(None, pod.node_name) if pull.error is PullError.NO_ROOM and pod.node_name else None,
            effects=(Effect(EffectKind.POD_NOT_STARTED, pod.ref),),
            directness=None if pull.error is PullError.UNKNOWN else Directness.STATED,
            about=pull.container.name,
            since=pod.created_at,
            facts=(("image", pull.container.image), ("container", pull.container.name)),
        )
