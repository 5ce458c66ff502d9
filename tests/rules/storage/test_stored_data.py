"""What processes say of the files that they find in their volumes."""

from __future__ import annotations

import pytest

from rules.causes import causes_of

POD = """
kind: Pod
metadata: {name: db-0}
spec: {nodeName: n1, containers: [{name: app}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'False'}]
  containerStatuses:
  - name: app
    ready: false
    restartCount: 9
    state: {waiting: {reason: CrashLoopBackOff}}
    lastState: {terminated: {exitCode: 1, reason: Error, finishedAt: '2026-01-01T11:59:00Z'}}
---
{kind: Log, subject: Pod/db-0, container: app, lines: [LINE]}
"""
IN_USE, FOREIGN = "stored_data_is_in_use", "stored_data_belongs_to_another_cluster"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("[ERROR] InnoDB: Unable to lock ./ibdata1 error: 11", IN_USE),
        ('FATAL:  lock file "postmaster.pid" already exists', IN_USE),
        ("opening storage failed: lock DB directory: resource temporarily unavailable", IN_USE),
        ("failed to obtain node locks, tried [/usr/share/elasticsearch/data]", IN_USE),
        ("Another mongod instance is already running on the /data/db directory", IN_USE),
        ("IO error: While lock file: /data/LOCK: Resource temporarily unavailable", IN_USE),
        ("Failed to acquire lock on file .lock. A Kafka instance in another process or thread is using this directory.",
         IN_USE),
        ("The Cluster ID Xy12 doesn't match stored clusterId Some(Ab34) in meta.properties", FOREIGN),
        ("Invalid cluster.id in: /var/lib/kafka/meta.properties. Expected Ab34, but read Xy12", FOREIGN),
        ("member 8e9e05c52164694d has already been bootstrapped", FOREIGN),
        ("This node previously joined a cluster with UUID [aa] and is now trying to join a different one", FOREIGN),
        ("Saved cluster name Test Cluster != configured name shop", FOREIGN),
        ("Node 'rabbit@b' thinks it's clustered with node 'rabbit@a', but 'rabbit@a' disagrees", FOREIGN),
    ],
)  # fmt: skip
def test_locked_and_foreign_files_are_told_apart(line: str, rule: str) -> None:
    assert causes_of(POD.replace("LINE", repr(line))) == [(rule, "db-0")]


@pytest.mark.parametrize("line", ["Lock wait timeout exceeded", "resource temporarily unavailable", "cluster id Xy12"])
def test_other_locks_and_names_are_neither(line: str) -> None:
    assert not {IN_USE, FOREIGN} & {rule for rule, _ in causes_of(POD.replace("LINE", repr(line)))}


UNMOUNTED = """
kind: Pod
metadata: {name: web-0, creationTimestamp: '2026-01-01T11:30:00Z'}
spec: {nodeName: n1, containers: [{name: app}]}
status:
  phase: Pending
  conditions: [{type: Ready, status: 'False'}]
  containerStatuses: [{name: app, ready: false, state: {waiting: {reason: ContainerCreating}}}]
---
kind: Event
metadata: {name: e1}
involvedObject: {kind: Pod, name: web-0}
reason: FailedAttachVolume
type: Warning
message: 'AttachVolume.Attach failed for volume "pvc-9" : rpc error: code = Internal desc = volume is faulted'
lastTimestamp: '2026-01-01T11:59:00Z'
---
apiVersion: disks.example.com/v1
kind: Disk
metadata: {name: NAME, creationTimestamp: '2026-01-01T08:00:00Z'}
status: {conditions: [{type: Ready, status: 'False', reason: Faulted, message: no replica is left}]}
"""


@pytest.mark.parametrize(("name", "mounts"), [("pvc-9", False), ("pvc-99", True)])
def test_a_volume_whose_own_resource_is_unwell_is_explained_by_that(name: str, *, mounts: bool) -> None:
    rules = [rule for rule, _ in causes_of(UNMOUNTED.replace("NAME", name))]
    assert ("volume_cannot_be_mounted" in rules) == mounts
    assert "custom_resource_is_not_ready" in rules
