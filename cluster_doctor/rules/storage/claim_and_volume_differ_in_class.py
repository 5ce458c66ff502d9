"""A claim that asks for another storage class than its volume has."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.storage.binding import Mismatch, pending, pending_claims, provisioned, sole_obstacles
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, StorageClass, Volume


@rule(Severity.ERROR, subject=Claim, needs=(Volume, StorageClass), among=pending_claims)
def claim_and_volume_differ_in_class(claim: Claim, cluster: ClusterSnapshot) -> Matches:
    """The claim's storage class is not that of the only volume that would do.

    Why it matters:
        Claims and volumes are bound only within one class; an empty name is a class of its own.

    Fires on:
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOnce]
          resources:
            requests: {storage: 1Gi}
          storageClassName: fast
        status: {phase: Pending}
        ---
        kind: PersistentVolume
        metadata: {name: pv1}
        spec:
          accessModes: [ReadWriteOnce]
          capacity: {storage: 1Gi}
          storageClassName: ''
        status: {phase: Available}

    Stays quiet on:
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOnce]
          resources:
            requests: {storage: 1Gi}
          storageClassName: ''
        status: {phase: Bound}
        ---
        kind: PersistentVolume
        metadata: {name: pv1}
        spec:
          accessModes: [ReadWriteOnce]
          capacity: {storage: 1Gi}
          storageClassName: ''
        status: {phase: Available}

    Remedy:
        Give claim and volume the same `storageClassName`.

    References:
        https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding
    """
    if not pending(claim, cluster) or provisioned(claim, cluster):
        return
    for volume in sole_obstacles(claim, cluster).get(Mismatch.CLASS, [])[:1]:
        yield Match(
            message=f"claim {claim.name} asks for storage class {claim.storage_class!r}, "
            f"volume {volume.name} has {volume.storage_class!r}",
            evidence=(claim.cite("spec.storageClassName"), volume.cite("spec.storageClassName")),
            effects=(Effect(EffectKind.CLAIM_UNBOUND, claim.ref),),
            since=claim.created_at,
            facts=(("volume", volume.name),),
        )
