"""A storage class whose driver is not there."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.storage.binding import pending
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, CSIDriver, Event, StorageClass

_IN_TREE = "kubernetes.io/"
_ANSWER = "rpc error"
"""Stands in what a driver answered: then there is one."""


@rule(Severity.ERROR, subject=StorageClass, needs=(CSIDriver, Claim, Event))
def csi_driver_is_not_installed(storage: StorageClass, cluster: ClusterSnapshot) -> Matches:
    """Claims wait for a storage class whose provisioner is no driver that the cluster has.

    Why it matters:
        The control plane hands the claim over to the driver and waits; nobody is there to make the volume.

    Fires on:
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: {name: fast}
        provisioner: disks.example.com
        ---
        kind: PersistentVolumeClaim
        metadata: {name: orders, creationTimestamp: '2026-01-01T11:00:00Z'}
        spec: {storageClassName: fast}
        status: {phase: Pending}
        ---
        kind: Event
        metadata: {name: e}
        reason: ExternalProvisioning
        message: waiting for a volume to be created by the external provisioner 'disks.example.com'
        involvedObject: {kind: PersistentVolumeClaim, name: orders}

    Stays quiet on:
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: {name: fast}
        provisioner: disks.example.com
        ---
        apiVersion: storage.k8s.io/v1
        kind: CSIDriver
        metadata: {name: disks.example.com}
        ---
        kind: PersistentVolumeClaim
        metadata: {name: orders, creationTimestamp: '2026-01-01T11:00:00Z'}
        spec: {storageClassName: fast}
        status: {phase: Pending}

    Remedy:
        Install the driver, or use a class of a driver that is there.

    References:
        https://kubernetes.io/docs/concepts/storage/storage-classes/#provisioner
        https://kubernetes-csi.github.io/docs/csi-driver-object.html
    """
    driver = storage.text("provisioner")
    if not driver or driver.startswith(_IN_TREE) or cluster.exists(CSIDriver, None, driver) is not False:
        return
    waiting = [
        claim
        for claim in cluster.all(Claim)
        if claim.storage_class == storage.name
        and pending(claim, cluster)
        and cluster.events_about(claim.ref, "ExternalProvisioning", "ProvisioningFailed")
        and not any(_ANSWER in event.message for event in cluster.events_about(claim.ref, "ProvisioningFailed"))
    ]
    if not waiting:
        return  # a provisioner need not be a CSI driver; without a claim that waits nothing says that it is missing
    said = cluster.events_about(waiting[0].ref, "ExternalProvisioning", "ProvisioningFailed")[0]
    yield Match(
        message=f"claim {waiting[0].name} waits for a volume of class {storage.name}, and its driver {driver!r} "
        "is not installed",
        evidence=(
            cluster.cite_absence(CSIDriver.ref_to(None, driver)),
            storage.cite("provisioner"),
            said.cite_message(),
        ),
        blame=storage.ref,
        effects=tuple(Effect(EffectKind.CLAIM_UNBOUND, claim.ref) for claim in waiting),
        facts=(("driver", driver),),
    )
