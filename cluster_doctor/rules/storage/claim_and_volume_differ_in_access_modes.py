"""A claim that asks for access modes which its volume lacks."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.storage.binding import Mismatch, pending, pending_claims, provisioned, sole_obstacles
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, StorageClass, Volume


@rule(Severity.ERROR, subject=Claim, needs=(Volume, StorageClass), among=pending_claims)
def claim_and_volume_differ_in_access_modes(claim: Claim, cluster: ClusterSnapshot) -> Matches:
    """The claim asks for an access mode that the only volume that would do does not offer.

    Why it matters:
        A volume is bound only if it offers every mode that the claim asks for.

    Fires on:
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteMany]
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
        Ask for a mode that the volume offers, or provide a volume of a kind that can be shared.

    References:
        https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding
    """
    if not pending(claim, cluster) or provisioned(claim, cluster):
        return
    for volume in sole_obstacles(claim, cluster).get(Mismatch.MODES, [])[:1]:
        yield Match(
            message=f"claim {claim.name} asks for {', '.join(claim.access_modes)}, "
            f"volume {volume.name} offers {', '.join(volume.access_modes)}",
            evidence=(claim.cite("spec.accessModes"), volume.cite("spec.accessModes")),
            effects=(Effect(EffectKind.CLAIM_UNBOUND, claim.ref),),
            since=claim.created_at,
            facts=(("volume", volume.name),),
        )
