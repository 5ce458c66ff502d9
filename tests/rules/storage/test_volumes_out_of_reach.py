"""Volumes that are elsewhere, that nobody makes, or that have grown without their file system."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of
from rules.causes import causes_of

PINNED = """
kind: Pod
metadata: {name: db-0, creationTimestamp: '2026-01-01T11:00:00Z'}
spec: {containers: [{name: db}], volumes: [{name: d, persistentVolumeClaim: {claimName: orders}}]}
status:
  phase: Pending
  conditions:
  - {type: PodScheduled, status: 'False', reason: Unschedulable, message: "0/1 nodes are available: 1 node(s) SAID."}
---
kind: PersistentVolumeClaim
metadata: {name: orders}
spec: {storageClassName: local, volumeName: disk-1, resources: {requests: {storage: 5Gi}}}
status: {phase: Bound, capacity: {storage: 5Gi}}
---
kind: PersistentVolume
metadata: {name: disk-1}
spec:
  claimRef: {namespace: shop, name: orders}
  nodeAffinity:
    required:
      nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [n9]}]}]
status: {phase: Bound}
"""


@pytest.mark.parametrize("said", ["had volume node affinity conflict", "didn't match PersistentVolume's node affinity"])
def test_a_volume_that_names_other_nodes_is_told_with_them(said: str) -> None:
    (cause,) = diagnose(snapshot_of(PINNED.replace("SAID", said)), Incident()).root_causes
    assert cause.rule == "volume_is_bound_to_other_nodes"
    assert cause.statement.endswith("disk-1 of claim orders to kubernetes.io/hostname In n9")


WAITING = """
kind: PersistentVolumeClaim
metadata: {name: orders, creationTimestamp: '2026-01-01T11:00:00Z'}
spec: {storageClassName: fast, resources: {requests: {storage: 5Gi}}}
status: {phase: Pending}
---
{kind: StorageClass, metadata: {name: fast}, provisioner: csi.example.com}
---
{kind: CSIDriver, metadata: {name: csi.example.com}}
---
kind: Event
metadata: {name: e1}
involvedObject: {kind: PersistentVolumeClaim, name: orders}
reason: ExternalProvisioning
type: Normal
message: Waiting for a volume to be created either by the external provisioner or manually
lastTimestamp: '2026-01-01T11:59:00Z'
"""
CONTROLLER = """
---
kind: Deployment
metadata: {name: disks}
spec:
  replicas: 1
  template:
    metadata: {labels: {app: disks}}
    spec: {containers: [{name: driver, image: 'r.io/d:9'}, {name: p, image: 'registry.k8s.io/x/csi-provisioner:v5'}]}
status: {replicas: 1, unavailableReplicas: 1}
---
kind: Pod
metadata:
  name: disks-0
  labels: {app: disks}
  creationTimestamp: '2026-01-01T11:00:00Z'
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: disks, controller: true}]
spec: {nodeName: n1, containers: [{name: driver, image: 'r.io/d:9'}]}
status:
  phase: Pending
  containerStatuses:
  - {name: driver, ready: false, state: {waiting: {reason: ImagePullBackOff, message: 'r.io/d:9: not found'}}}
"""


def test_a_volume_is_not_made_because_the_drivers_controller_is_down() -> None:
    assert causes_of(WAITING + CONTROLLER) == [("image_does_not_exist", "disks")]


def test_without_a_controller_at_fault_the_claim_tells_what_it_waits_for() -> None:
    assert causes_of(WAITING) == [("provisioner_makes_no_volume", "orders")]


GROWING = """
kind: PersistentVolumeClaim
metadata: {name: orders}
spec: {resources: {requests: {storage: 20Gi}}}
status:
  phase: Bound
  capacity: {storage: 10Gi}
  conditions: [{type: FileSystemResizePending, status: 'True', lastTransitionTime: 'SINCE'}]
"""
USER = """
---
kind: Pod
metadata: {name: db-0, creationTimestamp: '2025-12-01T11:00:00Z'}
spec: {nodeName: n1, containers: [{name: db}], volumes: [{name: d, persistentVolumeClaim: {claimName: orders}}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'True'}]
  containerStatuses: [{name: db, ready: true, restartCount: 0, state: {running: {}}}]
"""
LONG_AGO, JUST_NOW = "2026-01-01T09:00:00Z", "2026-01-01T11:58:00Z"


def test_a_file_system_that_stays_small_under_a_running_pod_waits_for_its_restart() -> None:
    assert causes_of(GROWING.replace("SINCE", LONG_AGO) + USER) == [("volume_grows_at_next_start", "orders")]


def test_a_claim_that_nobody_uses_or_that_just_grew_is_no_fault() -> None:
    assert causes_of(GROWING.replace("SINCE", LONG_AGO)) == []
    assert causes_of(GROWING.replace("SINCE", JUST_NOW) + USER) == []
