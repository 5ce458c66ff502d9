"""Give a volume that is full, or will be, more room."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.wording import kubectl
from cluster_doctor.snapshot.paths import objects, text
from cluster_doctor.snapshot.quantity import format_quantity
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, Pod, StorageClass, Workload

_FACTOR = Decimal("1.5")
_GIBIBYTE = Decimal(1 << 30)


@repairs("volume_is_full", "volume_will_be_full", by=StepType.EXPAND_CLAIM)
def expand_claim(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Ask for half as much again, where the class lets claims grow; a claim never shrinks, so a person decides."""
    claim = cluster.find(cause.subject)
    if not isinstance(claim, Claim):
        claim = _written_to(cluster, cause)
    kind = cluster.get(StorageClass, None, claim.storage_class or "") if claim else None
    if claim is None or claim.requested is None or kind is None or kind.raw.get("allowVolumeExpansion") is not True:
        return None
    old = format_quantity(claim.requested, binary=True)
    new = format_quantity((claim.requested * _FACTOR / _GIBIBYTE).to_integral_value("ROUND_CEILING") * _GIBIBYTE,
                          binary=True)  # fmt: skip
    return Change(
        title=f"Expand {claim.ref} to {new}",
        target=claim.ref,
        instruction=f"Ask for {new} of storage; it is {old}. Some drivers need the Pod to start again.",
        precondition=f"{old} is still asked for, and the storage behind class {kind.name} has room",
        type=StepType.EXPAND_CLAIM,
        edits=(edit_of(claim.raw, ("spec", "resources", "requests", "storage"), new),),
        undo="A claim never shrinks; only a copy into a smaller one takes this back.",
        check=f"{kubectl('get', claim.ref)} shows {new}",
        risk=Risk.MEDIUM,
    ).or_else(
        Change(
            title=f"Remove what {claim.ref} holds and nobody needs",
            target=claim.ref,
            instruction="Look for old logs, dumps and temporary files, and bound what writes them.",
            precondition="somebody knows what may go",
            undo="Put back what was removed, from a backup.",
            check="the file system has room again",
            risk=Risk.MEDIUM,
        )
    )


def _written_to(cluster: ClusterSnapshot, cause: RootCause) -> Claim | None:
    """The claim of the mount that holds the path which was full; None where none or several could be meant."""
    path, found = cause.facts.get("path", ""), cluster.find(cause.subject)
    pods = cluster.pods_of(cause.subject) if isinstance(found, Workload) else [found] if isinstance(found, Pod) else []
    meant = {claim.name: claim for pod in pods for claim in _mounted(cluster, pod, path)}
    return next(iter(meant.values())) if len(meant) == 1 else None


def _mounted(cluster: ClusterSnapshot, pod: Pod, path: str) -> Iterator[Claim]:
    """Claims of a Pod that are mounted above a path."""
    claims = {text(one, "name"): text(one, "persistentVolumeClaim", "claimName") for _, one in pod.spec.volumes()}
    for container in pod.spec.containers:
        for _, mount in objects(container.raw, "volumeMounts"):
            claim = cluster.get(Claim, pod.namespace, claims.get(text(mount, "name"), ""))
            if claim and path.startswith(text(mount, "mountPath").rstrip("/") + "/"):
                yield claim
