"""A volume that could not be taken back."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Volume


@rule(Severity.WARNING, subject=Volume, directness=Directness.STATED)
def volume_cannot_be_reclaimed(volume: Volume, cluster: ClusterSnapshot) -> Matches:
    """The PersistentVolume's claim is gone, and to delete or recycle the volume has failed.

    Why it matters:
        The storage behind it stays allocated and is paid for, and no claim gets the volume.

    Fires on:
        kind: PersistentVolume
        metadata: {name: pv1}
        spec: {persistentVolumeReclaimPolicy: Delete}
        status: {phase: Failed, message: error deleting volume, the disk is still attached}

    Stays quiet on:
        kind: PersistentVolume
        metadata: {name: pv1}
        spec: {persistentVolumeReclaimPolicy: Retain}
        status: {phase: Released}

    Remedy:
        Remove what the message names, such as an attachment to a node or a lacking right of the driver, then delete
        the PersistentVolume; see that its storage goes too.

    References:
        https://kubernetes.io/docs/concepts/storage/persistent-volumes/#phase
    """
    if volume.phase != "Failed" or volume.deleted_at:
        return
    told = volume.text("status", "message") or volume.text("status", "reason")
    yield Match(
        message=f"volume {volume.name} could not be reclaimed" + (f": {told}" if told else ""),
        evidence=(volume.cite("status.phase"), *((volume.cite("status.message"),) if told else ())),
    )
