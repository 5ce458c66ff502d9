"""A claim that asks for more than its volume holds."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.storage.binding import Mismatch, pending, pending_claims, provisioned, sole_obstacles
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, StorageClass, Volume


@rule(Severity.ERROR, subject=Claim, needs=(Volume, StorageClass), among=pending_claims)
def claim_is_larger_than_volume(claim: Claim, cluster: ClusterSnapshot) -> Matches:
    """The claim asks for more storage than the only volume that would do has.

    Why it matters:
        A volume is bound only if it is at least as large as the claim.

    Fires on:
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOnce]
          resources:
            requests: {storage: 10Gi}
          storageClassName: ''
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
        Ask for no more than the volume holds, or provide a larger volume.

    References:
        https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding
    """
    if not pending(claim, cluster) or provisioned(claim, cluster):
        return
    for volume in sole_obstacles(claim, cluster).get(Mismatch.CAPACITY, [])[:1]:
        wanted, held = (
            claim.text("spec", "resources", "requests", "storage"),
            volume.text("spec", "capacity", "storage"),
        )
        yield Match(
            message=f"claim {claim.name} asks for {wanted}, volume {volume.name} holds {held}",
            evidence=(claim.cite("spec.resources.requests.storage"), volume.cite("spec.capacity.storage")),
            effects=(Effect(EffectKind.CLAIM_UNBOUND, claim.ref),),
            since=claim.created_at,
            facts=(("volume", volume.name),),
        )
