"""A claim whose volume belongs to another claim."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.storage.binding import Mismatch, pending, pending_claims, provisioned, sole_obstacles
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, StorageClass, Volume


@rule(Severity.ERROR, subject=Claim, needs=(Volume, StorageClass), among=pending_claims)
def volume_is_taken_by_another_claim(claim: Claim, cluster: ClusterSnapshot) -> Matches:
    """The only volume that would satisfy the claim is bound to another claim.

    Why it matters:
        A volume serves one claim at a time, also after that claim is gone if its reclaim policy is Retain.

    Fires on:
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOnce]
          resources:
            requests: {storage: 1Gi}
          storageClassName: ''
        status: {phase: Pending}
        ---
        kind: PersistentVolume
        metadata: {name: pv1}
        spec:
          accessModes: [ReadWriteOnce]
          capacity: {storage: 1Gi}
          storageClassName: ''
          claimRef: {namespace: shop, name: other}
        status: {phase: Bound}

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
        Provide another volume, or release this one from the claim that holds it.

    References:
        https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding
    """
    if not pending(claim, cluster) or provisioned(claim, cluster):
        return
    for volume in sole_obstacles(claim, cluster).get(Mismatch.TAKEN, [])[:1]:
        yield Match(
            message=f"volume {volume.name}, which claim {claim.name} needs, "
            f"is held by claim {'/'.join(volume.claim or ())}",
            evidence=(volume.cite("spec.claimRef"), claim.cite("status.phase")),
            effects=(Effect(EffectKind.CLAIM_UNBOUND, claim.ref),),
            since=claim.created_at,
            facts=(("volume", volume.name),),
        )
