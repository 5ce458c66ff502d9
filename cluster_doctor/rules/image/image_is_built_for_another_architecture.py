"""A program for another processor."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.ending import crashing_now
from cluster_doctor.rules.container.last_words import last_words
from cluster_doctor.rules.container.start_errors import start_errors
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import counted_on, unwell_pods
from cluster_doctor.snapshot.log_lines.wording import wording
from cluster_doctor.snapshot.paths import join
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node, Pod

_WORDS = wording(
    r"exec format error",
    "exec format error",
    any_case=True,
)
_ARCHITECTURE = "kubernetes.io/arch"


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=unwell_pods)
def image_is_built_for_another_architecture(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The image was pulled, but its program is for another processor than the node's.

    Why it matters:
        Where an image has a single build it is pulled onto any node, and the kernel then refuses to run it.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app, image: registry.example.com/web:2}]}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: false
            restartCount: 4
            state: {waiting: {reason: CrashLoopBackOff}}
            lastState: {terminated: {exitCode: 255, reason: Error, message: 'exec /bin/web: exec format error'}}
        ---
        kind: Node
        metadata: {name: n1, labels: {kubernetes.io/arch: arm64}}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app, image: registry.example.com/web:2}]}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: false
            restartCount: 4
            state: {waiting: {reason: CrashLoopBackOff}}
            lastState: {terminated: {exitCode: 255, reason: Error, message: 'web: bad format string'}}

    Remedy:
        Build the image for the node's architecture too, or bind the Pod to nodes that fit by `kubernetes.io/arch`.

    References:
        https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-arch
    """
    if not counted_on(pod, cluster):
        return
    node = cluster.get(Node, None, pod.node_name)
    architecture = node.labels.get(_ARCHITECTURE, "") if node else ""
    for container in pod.containers:
        told = next((e for words, e in start_errors(pod, container, cluster) if _WORDS.search(words)), None)
        if told is None and (pod.finished or crashing_now(pod, container, cluster.taken_at)):
            said = last_words(pod, container, _WORDS, cluster)
            told = said[1] if said else None
        if told is None:
            continue
        where = f"node {pod.node_name} ({architecture})" if architecture else f"node {pod.node_name}"
        yield Match(
            message=f"image {container.image} of container {container.name} is built for another architecture than "
            f"{where}: {told.value}",
            evidence=(
                told,
                pod.cite(f"{container.path}.image"),
                *((node.cite(join("metadata", "labels", _ARCHITECTURE)),) if node and architecture else ()),
            ),
            effects=(Effect(EffectKind.CONTAINER_CRASHING, pod.ref), Effect(EffectKind.POD_NOT_STARTED, pod.ref)),
            about=container.name,
            since=pod.created_at,
            facts=(("image", container.image), ("architecture", architecture)),
        )
