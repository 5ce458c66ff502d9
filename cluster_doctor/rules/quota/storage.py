"""Claims that are missing, and what they would have asked of a quota."""

from __future__ import annotations

from decimal import Decimal

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, Pod


def counts_storage(resource: str) -> bool:
    """Tell whether a quota counts claims or their size by a resource, also per storage class."""
    return resource.rpartition("/")[2] in {"requests.storage", "persistentvolumeclaims"} or resource.endswith(
        (".storageclass.storage.k8s.io/requests.storage", ".storageclass.storage.k8s.io/persistentvolumeclaims")
    )


def absent_claims(namespace: str | None, cluster: ClusterSnapshot) -> dict[str, list[ObjectRef]]:
    """Names of claims that Pods of a namespace wait for and that do not exist, with those Pods."""
    found: dict[str, list[ObjectRef]] = {}
    for pod in cluster.within(Pod, namespace):
        for name, _ in pod.spec.claims() if pod.expected_to_run else ():
            if cluster.exists(Claim, namespace, name) is False:
                found.setdefault(name, []).append(pod.ref)
    return found


def declared_size(namespace: str | None, name: str, cluster: ClusterSnapshot) -> Decimal | None:
    """What a missing claim was to ask for, if its manifest is known."""
    for claim in cluster.declared_as(Claim):
        if claim.name == name and claim.namespace in {namespace, None}:
            return claim.requested
    return None
