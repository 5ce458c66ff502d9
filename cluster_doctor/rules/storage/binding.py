"""Why a claim and a volume do not come together, from the objects themselves.

The binder matches on class, access modes, size, selector, volume mode and on whether the volume is free
(pkg/controller/volume/persistentvolume in Kubernetes). A mismatch counts as the cause where it alone keeps
an existing volume from being bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from cluster_doctor.snapshot.selectors import matches_selector
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, StorageClass, Volume

NO_PROVISIONER = "kubernetes.io/no-provisioner"


LEFT_BEHIND = frozenset({"Released", "Failed"})
"""Phases of a volume that keeps the identity of its last claim: a new claim of that name is another claim."""


class Mismatch(StrEnum):
    """Why a volume does not satisfy a claim."""

    CLASS = "storage class"
    MODES = "access modes"
    CAPACITY = "capacity"
    SELECTOR = "selector"
    VOLUME_MODE = "volume mode"
    TAKEN = "taken"
    NAME = "volume name"


def pending(claim: Claim, cluster: ClusterSnapshot) -> bool:
    """Tell whether a claim waits although somebody needs it: a class may wait for the first Pod by design."""
    if claim.phase != "Pending" or claim.deleted_at:
        return False
    chosen = cluster.get(StorageClass, None, claim.storage_class or "")
    used = any(view.ref.kind == "Pod" for view in cluster.users_of(claim.ref))
    return used or not (chosen and chosen.waits_for_consumer)


def pending_claims(cluster: ClusterSnapshot) -> Iterator[Claim]:
    """Claims that wait although somebody needs them."""
    return (claim for claim in cluster.all(Claim) if pending(claim, cluster))


def provisioned(claim: Claim, cluster: ClusterSnapshot) -> bool:
    """Tell whether the claim's class makes volumes on demand."""
    name = claim.storage_class
    if name is None:
        return any(found.default and found.provisioner != NO_PROVISIONER for found in cluster.all(StorageClass))
    chosen = cluster.get(StorageClass, None, name)
    return chosen is not None and chosen.provisioner not in {NO_PROVISIONER, ""}


def mismatches(claim: Claim, volume: Volume, cluster: ClusterSnapshot) -> frozenset[Mismatch]:
    """List everything that keeps a volume from satisfying a claim."""
    found = set()
    wanted = claim.storage_class
    if wanted is None:
        wanted = next((entry.name for entry in cluster.all(StorageClass) if entry.default), "")
    if wanted != volume.storage_class:
        found.add(Mismatch.CLASS)
    if claim.access_modes and not set(claim.access_modes) <= set(volume.access_modes):
        found.add(Mismatch.MODES)
    if claim.requested is not None and volume.capacity is not None and volume.capacity < claim.requested:
        found.add(Mismatch.CAPACITY)
    if claim.selector and not matches_selector(claim.selector, volume.labels):
        found.add(Mismatch.SELECTOR)
    if (claim.text("spec", "volumeMode") or "Filesystem") != (volume.text("spec", "volumeMode") or "Filesystem"):
        found.add(Mismatch.VOLUME_MODE)
    if volume.phase in LEFT_BEHIND or (
        volume.claim is not None and volume.claim != (claim.namespace or "", claim.name)
    ):
        found.add(Mismatch.TAKEN)
    if claim.volume and claim.volume != volume.name:
        found.add(Mismatch.NAME)
    return frozenset(found)


def sole_obstacles(claim: Claim, cluster: ClusterSnapshot) -> dict[Mismatch, list[Volume]]:
    """Mismatches that, taken away alone, would let a volume be bound, with those volumes.

    A free volume is the likelier one that was meant, so a taken one counts only where no free one is near.
    """

    def read() -> dict[Mismatch, list[Volume]]:
        found: dict[Mismatch, list[Volume]] = {}
        for volume in cluster.all(Volume):
            obstacles = mismatches(claim, volume, cluster)
            if len(obstacles) == 1:
                found.setdefault(next(iter(obstacles)), []).append(volume)
        if len(found) > 1:
            found.pop(Mismatch.TAKEN, None)
        return found

    return cluster.remember(("sole obstacles", claim.ref), read)
