"""A volume that is attached elsewhere."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, Pod


@rule(Severity.ERROR, subject=Pod, needs=(Event,), directness=Directness.STATED, among=unwell_pods)
def volume_is_attached_to_another_node(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """A volume that only one node may use is attached to another node.

    Why it matters:
        With ReadWriteOnce the new Pod waits until the old one is gone and its volume detached.

    Fires on:
        {kind: Pod, metadata: {name: db-1}, spec: {nodeName: n2}, status: {phase: Pending}}
        ---
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: Pod, name: db-1}
        reason: FailedAttachVolume
        type: Warning
        message: Multi-Attach error for volume "pv1" Volume is already used by pod(s) db-0

    Stays quiet on:
        {kind: Pod, metadata: {name: db-1}, spec: {nodeName: n2}, status: {phase: Running}}

    Remedy:
        Run one replica with strategy Recreate, or use a volume that may be shared (ReadWriteMany).

    References:
        https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
    """
    if not pod.expected_to_run or pod.phase != "Pending":
        return
    for event in cluster.events_about(pod.ref, "FailedAttachVolume", "FailedMount")[:3]:
        if "Multi-Attach" in event.message:
            yield Match(
                message=f"Pod {pod.name} cannot have its volume: {event.message}",
                evidence=(event.cite_message(),),
                effects=(Effect(EffectKind.POD_NOT_STARTED, pod.ref),),
                since=pod.created_at,
            )
            return
