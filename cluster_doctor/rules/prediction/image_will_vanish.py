"""An image that runs and can no longer be pulled."""

from __future__ import annotations

from collections import defaultdict

from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.image.pulling import PullError, classify, failed_pulls, pods_without_image
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Container, Pod

Runner = tuple[Pod, Container]


@rule(
    Severity.ERROR,
    subject=Pod,
    stage=Stage.PREDICTION,
    directness=Directness.STATED,
    among=pods_without_image,
)
def image_will_vanish(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The registry no longer has the image that other Pods still run from the copy on their node.

    Why it matters:
        Those Pods cannot be started on any node that does not hold the image, so a drain, a failed node or one more
        replica is enough to lose them. The kubelet removes copies that nobody uses when its disk fills.

    Fires on:
        kind: Pod
        metadata: {name: web-1}
        spec: {nodeName: n2, containers: [{name: app, image: 'registry.example.com/web:1.9'}]}
        status:
          phase: Pending
          containerStatuses:
          - name: app
            ready: false
            state:
              waiting:
                reason: ErrImagePull
                message: 'failed to resolve reference "registry.example.com/web:1.9": not found'
        ---
        kind: Pod
        metadata: {name: shop-0}
        spec: {nodeName: n1, containers: [{name: app, image: 'registry.example.com/web:1.9'}]}
        status: {phase: Running, containerStatuses: [{name: app, ready: true, state: {running: {}}}]}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-1}
        spec: {nodeName: n2, containers: [{name: app, image: 'registry.example.com/web:2.0'}]}
        status:
          phase: Pending
          containerStatuses:
          - name: app
            ready: false
            state:
              waiting:
                reason: ErrImagePull
                message: 'failed to resolve reference "registry.example.com/web:2.0": not found'
        ---
        kind: Pod
        metadata: {name: shop-0}
        spec: {nodeName: n1, containers: [{name: app, image: 'registry.example.com/web:1.9'}]}
        status: {phase: Running, containerStatuses: [{name: app, ready: true, state: {running: {}}}]}

    Remedy:
        Push the image again from a node that holds it or from its build, before those Pods have to move.

    References:
        https://kubernetes.io/docs/concepts/containers/images/
        https://kubernetes.io/docs/concepts/architecture/garbage-collection/#containers-images
    """
    for pull in failed_pulls(pod, cluster):
        if classify(pull.words, brings_credentials=True) is not PullError.NOT_FOUND:
            continue  # "does not exist or may require authorization" proves nothing: other Pods may bring credentials
        image = pull.container.image
        by_workload: dict[ObjectRef, list[Runner]] = defaultdict(list)
        for runner in _runners(cluster).get(image, ()):
            by_workload[cluster.workload_ref(runner[0].ref)].append(runner)
        for workload, runners in by_workload.items():
            first, container = runners[0]
            nodes = sorted({running.node_name for running, _ in runners if running.node_name})
            yield Match(
                message=f"image {image} is no longer in its registry: what {workload} still runs of it cannot start "
                f"anywhere but on {', '.join(nodes[:3]) or 'its node'}{' …' if len(nodes) > 3 else ''}",
                evidence=(*pull.evidence, first.cite(f"{container.path}.image")),
                blame=workload,
                about=image,
                arithmetic=f"{len(runners)} Pod{'s' if len(runners) > 1 else ''} of {workload} run the image, and "
                f"Pod {pod.name} asked the registry for it and was told that it is not found",
            )


def _runners(cluster: ClusterSnapshot) -> dict[str, list[Runner]]:
    """Running containers by image."""

    def read() -> dict[str, list[Runner]]:
        found: dict[str, list[Runner]] = defaultdict(list)
        for pod in cluster.all(Pod):
            for container in pod.containers if pod.expected_to_run else ():
                if container.running and container.image:
                    found[container.image].append((pod, container))
        return found

    return cluster.remember("running containers by image", read)
