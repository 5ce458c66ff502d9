"""A claim that waits for a volume."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity, Stage
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.storage.binding import pending, pending_claims
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim


@rule(Severity.WARNING, subject=Claim, stage=Stage.SYMPTOM, among=pending_claims)
def claim_is_pending(claim: Claim, cluster: ClusterSnapshot) -> Matches:
    """The PersistentVolumeClaim is not bound, and something waits for it.

    Why it matters:
        A Pod that mounts an unbound claim is not scheduled or not started.

    Fires on:
        {kind: PersistentVolumeClaim, metadata: {name: data}, status: {phase: Pending}}

    Stays quiet on:
        {kind: PersistentVolumeClaim, metadata: {name: data}, status: {phase: Bound}}

    Remedy:
        Read the claim's Events; compare its class, size, modes and selector with the volumes.

    References:
        https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding
    """
    if not pending(claim, cluster):
        return
    yield Match(
        message=f"claim {claim.name} is not bound",
        evidence=(claim.cite("status.phase"),),
        effects=(Effect(EffectKind.CLAIM_UNBOUND, claim.ref),),
        since=claim.created_at,
    )
