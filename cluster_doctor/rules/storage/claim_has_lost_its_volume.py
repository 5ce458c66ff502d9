"""A claim whose volume is gone."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim


@rule(Severity.ERROR, subject=Claim, directness=Directness.STATED)
def claim_has_lost_its_volume(claim: Claim, cluster: ClusterSnapshot) -> Matches:
    """The PersistentVolumeClaim was bound to a volume that does not exist any more, or that another claim has.

    Why it matters:
        No Pod that mounts the claim starts again, and the claim is never bound anew. What was stored may be lost.

    Fires on:
        {kind: PersistentVolumeClaim, metadata: {name: data}, spec: {volumeName: pv1}, status: {phase: Lost}}

    Stays quiet on:
        {kind: PersistentVolumeClaim, metadata: {name: data}, spec: {volumeName: pv1}, status: {phase: Bound}}

    Remedy:
        Restore the PersistentVolume with a `claimRef` to the claim if its storage is still there; else delete the
        claim, create it again and restore the data from a backup.

    References:
        https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-claim-v1/#PersistentVolumeClaimStatus
    """
    if claim.phase != "Lost" or claim.deleted_at:
        return
    users = [view for view in cluster.users_of(claim.ref) if view.ref.kind == "Pod"]
    yield Match(
        message=f"claim {claim.name} has lost its volume" + (f" {claim.volume}" if claim.volume else ""),
        evidence=(claim.cite("status.phase"),),
        effects=(
            Effect(EffectKind.CLAIM_UNBOUND, claim.ref),
            *(Effect(EffectKind.VOLUME_NOT_MOUNTED, user.ref) for user in users),
        ),
        facts=(("volume", claim.volume),),
    )
