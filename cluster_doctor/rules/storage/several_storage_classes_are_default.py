"""More than one default class of storage."""

from __future__ import annotations

from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import StorageClass


@rule(Severity.INFO, subject=StorageClass)
def several_storage_classes_are_default(storage_class: StorageClass, cluster: ClusterSnapshot) -> Matches:
    """More than one StorageClass is marked as the default.

    Why it matters:
        A claim without a class gets the one that was created last, which need not be the one that was meant.

    Fires on:
        kind: StorageClass
        metadata:
          name: fast
          annotations: {storageclass.kubernetes.io/is-default-class: 'true'}
        ---
        kind: StorageClass
        metadata:
          name: slow
          annotations: {storageclass.kubernetes.io/is-default-class: 'true'}

    Stays quiet on:
        kind: StorageClass
        metadata:
          name: fast
          annotations: {storageclass.kubernetes.io/is-default-class: 'true'}
        ---
        kind: StorageClass
        metadata:
          name: slow
          annotations: {storageclass.kubernetes.io/is-default-class: 'false'}

    Remedy:
        Set the annotation `storageclass.kubernetes.io/is-default-class` to "false" on all but one.

    References:
        https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass
    """
    others = sorted(entry.name for entry in cluster.all(StorageClass) if entry.default)
    others = [name for name in others if name != storage_class.name]
    if not storage_class.default or not others:
        return
    yield Match(
        message=f"storage class {storage_class.name} is the default, and so is {', '.join(others)}",
        evidence=(storage_class.cite("metadata.annotations"),),
    )
