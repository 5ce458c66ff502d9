"""A claim that its provisioner does not serve."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.storage.binding import pending, pending_claims, provisioned
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, StorageClass

_SIDECAR = re.compile(r"(?:^|/)(?:csi|external)-provisioner(?:[:@-]|$)")
"""Image of https://github.com/kubernetes-csi/external-provisioner."""


@rule(Severity.ERROR, subject=Claim, directness=Directness.STATED, among=pending_claims)
def provisioner_makes_no_volume(claim: Claim, cluster: ClusterSnapshot) -> Matches:
    """The claim's class has a provisioner, but no volume comes.

    Why it matters:
        The provisioner is not running, is not allowed to, or fails; its Events say which.

    Fires on:
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec: {storageClassName: fast}
        status: {phase: Pending}
        ---
        kind: StorageClass
        metadata: {name: fast}
        provisioner: csi.example.com
        ---
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: PersistentVolumeClaim, name: data}
        reason: ProvisioningFailed
        type: Warning
        message: failed to provision volume, quota of the backend is exhausted

    Stays quiet on:
        {kind: PersistentVolumeClaim, metadata: {name: data}, spec: {storageClassName: fast}, status: {phase: Bound}}

    Remedy:
        Repair the provisioner: its controller Pods, their credentials, the backend's limits.

    References:
        https://kubernetes.io/docs/concepts/storage/dynamic-provisioning/
    """
    if not pending(claim, cluster) or not provisioned(claim, cluster):
        return
    said = cluster.events_about(claim.ref, "ProvisioningFailed", "ExternalProvisioning")
    if not said or (said[0].reason == "ExternalProvisioning" and not _long(claim, cluster)):
        return
    yield Match(
        message=f"no volume is provisioned for claim {claim.name}: {said[0].message}",
        evidence=(said[0].cite_message(), claim.cite("spec.storageClassName")),
        effects=(Effect(EffectKind.CLAIM_UNBOUND, claim.ref),),
        because=(Effect(EffectKind.CLAIM_UNBOUND, claim.ref), *_without_controller(claim, cluster)),
        since=claim.created_at,
    )


def _long(claim: Claim, cluster: ClusterSnapshot) -> bool:
    return claim.created_at is None or cluster.taken_at - claim.created_at > timedelta(minutes=2)


def _without_controller(claim: Claim, cluster: ClusterSnapshot) -> Iterator[Effect]:
    """What explains that nothing is provisioned: the workload that should do so is not available.

    No object tells which workload serves a class. CSI drivers run the sidecar `csi-provisioner`; where several do, one
    has to bear the driver's name.
    """
    storage_class = cluster.get(StorageClass, None, claim.storage_class or "")
    driver = storage_class.text("provisioner") if storage_class else ""
    serving = [
        workload
        for workload in cluster.workloads()
        if any(_SIDECAR.search(container.image) for container in workload.template.containers)
    ]
    named = [workload for workload in serving if driver and driver in str(workload.raw.get("spec"))]
    for workload in named or (serving if len(serving) == 1 else ()):
        yield Effect(EffectKind.WORKLOAD_UNAVAILABLE, workload.ref)
