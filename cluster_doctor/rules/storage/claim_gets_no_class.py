"""A claim without a class, where there is no default."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.storage.binding import mismatches, pending, pending_claims, sole_obstacles
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, StorageClass, Volume


@rule(
    Severity.ERROR,
    subject=Claim,
    needs=(StorageClass, Volume),
    directness=Directness.COMPARED,
    among=pending_claims,
)
def claim_gets_no_class(claim: Claim, cluster: ClusterSnapshot) -> Matches:
    """The PersistentVolumeClaim names no class, no class is the default, and no volume fits it.

    Why it matters:
        Nobody makes a volume for the claim, so it waits for ever, and with it every Pod that mounts it.

    Fires on:
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOnce]
          resources:
            requests: {storage: 1Gi}
        status: {phase: Pending}
        ---
        kind: StorageClass
        metadata: {name: fast}
        provisioner: csi.example.com

    Stays quiet on:
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOnce]
          resources:
            requests: {storage: 1Gi}
        status: {phase: Pending}
        ---
        kind: StorageClass
        metadata:
          name: fast
          annotations: {storageclass.kubernetes.io/is-default-class: 'true'}
        provisioner: csi.example.com

    Remedy:
        Mark a class as the default: claims that wait get it. Or create the claim again with `storageClassName`.

    References:
        https://kubernetes.io/docs/concepts/storage/persistent-volumes/#retroactive-default-storageclass-assignment
    """
    classes = cluster.all(StorageClass)
    if claim.storage_class is not None or claim.volume or any(entry.default for entry in classes):
        return
    if not pending(claim, cluster) or sole_obstacles(claim, cluster):
        return  # a volume that all but fits is what was meant
    if any(not mismatches(claim, volume, cluster) for volume in cluster.all(Volume)):
        return
    known = ", ".join(sorted(entry.name for entry in classes)[:6])
    yield Match(
        message=f"claim {claim.name} names no storage class, and "
        + (f"none of {known} is the default" if known else "there is none"),
        evidence=(claim.cite("spec.storageClassName"),),
        effects=(Effect(EffectKind.CLAIM_UNBOUND, claim.ref),),
        since=claim.created_at,
        facts=(("known", known),),
    )
