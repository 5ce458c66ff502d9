"""A node that finds nothing to clean up."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, Node

RECENT = timedelta(hours=1)
"""The kubelet tries every five minutes; what it has not said again since then is over."""


@rule(Severity.WARNING, subject=Node, needs=(Event,), directness=Directness.STATED)
def node_cannot_free_disk(node: Node, cluster: ClusterSnapshot) -> Matches:
    """The disk of the node is nearly full, and the kubelet finds too few unused images to delete.

    Why it matters:
        Something else fills the disk, such as logs or volumes of type emptyDir. Next the node reports DiskPressure
        and evicts Pods.

    Fires on:
        kind: Node
        metadata: {name: n1}
        status: {conditions: [{type: Ready, status: 'True'}]}
        ---
        kind: Event
        metadata: {name: e}
        involvedObject: {kind: Node, name: n1}
        reason: FreeDiskSpaceFailed
        type: Warning
        message: Failed to garbage collect required amount of images
        lastTimestamp: '2026-01-01T11:58:00Z'

    Stays quiet on:
        kind: Node
        metadata: {name: n1}
        status: {conditions: [{type: Ready, status: 'True'}]}
        ---
        kind: Event
        metadata: {name: e}
        involvedObject: {kind: Node, name: n1}
        reason: FreeDiskSpaceFailed
        type: Warning
        message: Failed to garbage collect required amount of images
        lastTimestamp: '2026-01-01T02:00:00Z'

    Remedy:
        Find what fills the disk (`du -x` on the node), limit `ephemeral-storage` of its Pods, or give the node more.

    References:
        https://kubernetes.io/docs/concepts/architecture/garbage-collection/#containers-images
    """
    for event in cluster.events_about(node.ref, "FreeDiskSpaceFailed", "ImageGCFailed"):
        if event.last_seen is None or cluster.taken_at - event.last_seen > RECENT:
            continue
        if "garbage collect required amount" not in event.message:
            continue  # a kubelet that has just started knows no figures yet
        yield Match(
            message=f"node {node.name} cannot free disk space: {event.message}",
            evidence=(event.cite_message(),),
            effects=(Effect(EffectKind.NODE_UNDER_PRESSURE, node.ref),),
            since=event.first_seen,
        )
        return
