"""A claim whose selector matches no volume."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.storage.binding import Mismatch, pending, pending_claims, provisioned, sole_obstacles
from cluster_doctor.snapshot.selectors import show_labels
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, StorageClass, Volume


@rule(Severity.ERROR, subject=Claim, needs=(Volume, StorageClass), among=pending_claims)
def claim_selector_matches_no_volume(claim: Claim, cluster: ClusterSnapshot) -> Matches:
    """The claim selects volumes by labels that the only volume that would do does not have.

    Why it matters:
        A claim with a selector is bound to matching volumes only, and nothing is provisioned for it.

    Fires on:
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOnce]
          resources:
            requests: {storage: 1Gi}
          storageClassName: ''
          selector:
            matchLabels: {tier: gold}
        status: {phase: Pending}
        ---
        kind: PersistentVolume
        metadata:
          name: pv1
          labels: {tier: silver}
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
        Make the claim's selector equal to the volume's labels.

    References:
        https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding
    """
    if not pending(claim, cluster) or provisioned(claim, cluster):
        return
    for volume in sole_obstacles(claim, cluster).get(Mismatch.SELECTOR, [])[:1]:
        wanted = show_labels(claim.strings("spec", "selector", "matchLabels")) or "by expressions"
        yield Match(
            message=f"claim {claim.name} selects volumes labelled {wanted}, volume "
            f"{volume.name} is labelled {show_labels(volume.labels)}",
            evidence=(claim.cite("spec.selector"), volume.cite("metadata.labels")),
            effects=(Effect(EffectKind.CLAIM_UNBOUND, claim.ref),),
            since=claim.created_at,
            facts=(("volume", volume.name),),
        )
