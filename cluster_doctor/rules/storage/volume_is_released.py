"""A volume that its last claim left behind."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.storage.binding import LEFT_BEHIND, Mismatch, mismatches, pending
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, Volume


@rule(Severity.ERROR, subject=Volume, needs=(Claim,), directness=Directness.STATED)
def volume_is_released(volume: Volume, cluster: ClusterSnapshot) -> Matches:
    """The volume is Released or Failed, and a claim waits that it would satisfy.

    Why it matters:
        With reclaim policy Retain a volume keeps the name of its last claim and is not given to another.

    Fires on:
        kind: PersistentVolume
        metadata: {name: pv1}
        spec:
          accessModes: [ReadWriteOnce]
          capacity: {storage: 1Gi}
          storageClassName: ''
          claimRef: {namespace: shop, name: old}
        status: {phase: Released}
        ---
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOnce]
          resources:
            requests: {storage: 1Gi}
          storageClassName: ''
        status: {phase: Pending}

    Stays quiet on:
        kind: PersistentVolume
        metadata: {name: pv1}
        spec:
          accessModes: [ReadWriteOnce]
          capacity: {storage: 1Gi}
          storageClassName: ''
        status: {phase: Available}

    Remedy:
        Save or wipe the data, then remove `spec.claimRef` so that the volume is Available again.

    References:
        https://kubernetes.io/docs/concepts/storage/persistent-volumes/#retain
    """
    if volume.phase not in LEFT_BEHIND:
        return
    waiting = [
        c for c in cluster.all(Claim) if pending(c, cluster) and mismatches(c, volume, cluster) == {Mismatch.TAKEN}
    ]
    if not waiting:
        return
    yield Match(
        message=f"volume {volume.name} is {volume.phase}, still bound to {'/'.join(volume.claim or ())}; "
        f"claim {waiting[0].name} waits for such a volume",
        evidence=(volume.cite("status.phase"), volume.cite("spec.claimRef")),
        effects=tuple(Effect(EffectKind.CLAIM_UNBOUND, claim.ref) for claim in waiting),
        facts=(("claim", waiting[0].name),),
    )
