"""A node whose container runtime is down."""

from __future__ import annotations

import re

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.node.services import service_down
from cluster_doctor.rules.node.settling import may_settle
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Node

_WORDS = re.compile(
    r"container runtime (?:is down|status check)|PLEG is not healthy|runtime not ready|RuntimeReady=false",
    re.IGNORECASE,
)

_NOBODY_LISTENS = re.compile(r"dial unix \S*(?:containerd|crio|dockerd|docker)\S*\.sock: connect: ")
"""What the kubelet's calls of the runtime fail with; it stands in Events about the Pods of the node."""


@rule(Severity.CRITICAL, subject=Node, directness=Directness.STATED)
def container_runtime_is_down(node: Node, cluster: ClusterSnapshot) -> Matches:
    """The container runtime of the node does not answer the kubelet.

    Why it matters:
        The kubelet lives, but can neither start nor inspect containers.

    Fires on:
        kind: Node
        metadata: {name: n1}
        status:
          conditions:
          - {type: Ready, status: 'False', reason: KubeletNotReady, message: container runtime is down}

    Stays quiet on:
        kind: Node
        metadata: {name: n1}
        status:
          conditions:
          - {type: Ready, status: 'True', reason: KubeletReady, message: ok}

    Remedy:
        Start the runtime on the node: `systemctl status containerd`, `journalctl -u containerd`.

    References:
        https://kubernetes.io/docs/setup/production-environment/container-runtimes/
    """
    stopped = service_down(cluster, node.name, "containerd") or service_down(cluster, node.name, "docker")
    stopped = stopped or service_down(cluster, node.name, "crio")
    condition = node.condition("Ready")
    said = node.ready != "True" and _WORDS.search(str(condition.get("message") or ""))
    unheard = _unheard(node, cluster) if said else None
    if said and unheard is None and may_settle(node, "Ready", cluster.taken_at):
        said = None
    if stopped is None and not said:
        return
    evidence = ((stopped.cite(),) if stopped else ()) + (
        (node.cite(f"{node.condition_path('Ready')}.message"), *((unheard,) if unheard else ())) if said else ()
    )
    yield Match(
        message=f"the container runtime of node {node.name} is down"
        + (
            f": {stopped.service} is {stopped.active} {stopped.detail}".rstrip()
            if stopped
            else f": {condition.get('message')}"
        ),
        evidence=evidence,
        effects=(Effect(EffectKind.NODE_NOT_READY, node.ref),),
        since=(stopped.since if stopped else None) or parse_time(condition.get("lastTransitionTime")),
    )


def _unheard(node: Node, cluster: ClusterSnapshot) -> Evidence | None:
    """An Event about a Pod of the node by which nobody listens at the runtime's socket."""
    for pod in cluster.pods_on(node.name):
        for event in cluster.events_about(pod.ref, "FailedCreatePodSandBox", "Failed", "FailedKillPod"):
            if _NOBODY_LISTENS.search(event.message):
                return event.cite_message()
    return None
