"""A claim that names a storage class nobody defined."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.storage.binding import pending, pending_claims
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, StorageClass, Volume


@rule(Severity.ERROR, subject=Claim, needs=(StorageClass,), among=pending_claims)
def storage_class_does_not_exist(claim: Claim, cluster: ClusterSnapshot) -> Matches:
    """The claim names a StorageClass that does not exist, and no volume bears that class.

    Why it matters:
        Nothing provisions a volume for a class that does not exist; the claim waits for ever.

    Fires on:
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOnce]
          resources:
            requests: {storage: 1Gi}
          storageClassName: fast
        status: {phase: Pending}

    Stays quiet on:
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOnce]
          resources:
            requests: {storage: 1Gi}
          storageClassName: fast
        status: {phase: Pending}
        ---
        kind: StorageClass
        metadata: {name: fast}
        provisioner: csi.example.com

    Remedy:
        Name an existing class; a claim's class cannot be edited, so the claim is made anew.

    References:
        https://kubernetes.io/docs/concepts/storage/storage-classes/
    """
    name = claim.storage_class
    if not name or not pending(claim, cluster) or cluster.exists(StorageClass, None, name) is not False:
        return
    if any(volume.storage_class == name for volume in cluster.all(Volume)):
        return
    events = cluster.events_about(claim.ref, "ProvisioningFailed")[:1]
    known = sorted(entry.name for entry in cluster.all(StorageClass))
    yield Match(
        message=f"claim {claim.name} names storage class {name!r}, which does not exist"
        + (f" (there are: {', '.join(known[:6])})" if known else ""),
        evidence=(claim.cite("spec.storageClassName"), *(event.cite_message() for event in events)),
        effects=(Effect(EffectKind.CLAIM_UNBOUND, claim.ref),),
        since=claim.created_at,
        directness=Directness.STATED,
        facts=(("class", name), ("known", ",".join(known))),
    )
