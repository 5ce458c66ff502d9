"""Volumes, buckets and backups.

References:
    https://rook.io/docs/rook/latest-release/CRDs/Cluster/ceph-cluster-crd/
    https://github.com/kubevirt/containerized-data-importer/blob/main/doc/datavolumes.md
    https://kubernetes.io/docs/concepts/storage/volume-snapshots/
    https://longhorn.io/docs/latest/concepts/
"""

from __future__ import annotations

from cluster_doctor.snapshot.health.manner import STATES, Manner
from cluster_doctor.snapshot.health.manners import verdicts
from cluster_doctor.snapshot.health.manners.words import DEGRADED, LATE, PROGRESSING, stateless, steps

MANNERS: dict[tuple[str, str], Manner] = {
    ("ceph.rook.io", "CephCluster"): Manner(
        states=(*STATES, "status.ceph.health"),
        words={"HEALTH_WARN": DEGRADED, "HEALTH_ERR": DEGRADED},
        unsaid=PROGRESSING,
    ),
    ("ceph.rook.io", "*"): LATE,
    ("cdi.kubevirt.io", "DataVolume"): Manner(
        words={"PVCBound": PROGRESSING, "UploadReady": PROGRESSING, "WaitForFirstConsumer": PROGRESSING},
        conditions=steps("Running", "Bound"),
        unsaid=PROGRESSING,
    ),
    ("snapshot.storage.k8s.io", "VolumeSnapshot"): LATE,
    ("snapshot.storage.k8s.io", "VolumeSnapshotContent"): LATE,
    **stateless("snapshot.storage.k8s.io", "VolumeSnapshotClass"),
    ("longhorn.io", "Volume"): Manner(
        states=("status.robustness",),
        words={"faulted": DEGRADED},
    ),
    ("astra.netapp.io", "ExecHook"): Manner(reader=verdicts.enabled),
    ("astra.netapp.io", "Schedule"): Manner(reader=verdicts.enabled),
    ("objectbucket.io", "*"): LATE,
    ("data.fluid.io", "*"): Manner(words={"NotBound": PROGRESSING}, unsaid=PROGRESSING),
    ("velero.io", "Schedule"): Manner(unsaid=PROGRESSING),
}
