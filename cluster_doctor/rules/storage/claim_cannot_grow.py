"""A claim that is to grow and does not."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import dig
from cluster_doctor.snapshot.quantity import parse_quantity
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, Event

_REASONS = ("VolumeResizeFailed", "FileSystemResizeFailed", "ExternalExpanding")


@rule(Severity.WARNING, subject=Claim, needs=(Event,), directness=Directness.STATED)
def claim_cannot_grow(claim: Claim, cluster: ClusterSnapshot) -> Matches:
    """The PersistentVolumeClaim asks for more than its volume has, and to make the volume larger has failed.

    Why it matters:
        The application keeps the old size and fills it. The driver tries again, so that it hits the same wall.

    Fires on:
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          resources:
            requests: {storage: 20Gi}
        status: {phase: Bound, capacity: {storage: 10Gi}}
        ---
        kind: Event
        metadata: {name: e}
        involvedObject: {kind: PersistentVolumeClaim, name: data}
        reason: VolumeResizeFailed
        type: Warning
        message: the backend has no space for a larger volume

    Stays quiet on:
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          resources:
            requests: {storage: 20Gi}
        status: {phase: Bound, capacity: {storage: 20Gi}}

    Remedy:
        Remove what the driver names. Where it can never succeed, ask for a smaller size that is still larger than
        what the volume has.

    References:
        https://kubernetes.io/docs/concepts/storage/persistent-volumes/#recovering-from-failure-when-expanding-volumes
    """
    capacity = parse_quantity(dig(claim.raw, "status", "capacity", "storage"))
    if claim.requested is None or capacity is None or capacity >= claim.requested or claim.deleted_at:
        return
    said = [event for event in cluster.events_about(claim.ref, *_REASONS) if event.type == "Warning"][:1]
    if not said:
        return
    yield Match(
        message=f"claim {claim.name} cannot grow: {said[0].message}",
        evidence=(said[0].cite_message(), claim.cite("status.capacity.storage")),
        since=said[0].first_seen,
    )
