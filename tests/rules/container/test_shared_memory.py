"""Shared memory that runs out while the process goes on."""

from __future__ import annotations

import pytest

from rules.causes import causes_of

SERVER = """
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 1
  serviceName: db
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: 'postgres:16'}]}}
status: {replicas: 1, readyReplicas: 1}
---
kind: Pod
metadata:
  name: db-0
  labels: {app: db}
  ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, controller: true}]
spec: {nodeName: n1, containers: [{name: db, image: 'postgres:16'}]}
status: {phase: Running, podIP: 10.0.0.7, conditions: [{type: Ready, status: 'True'}]}
---
{kind: Service, metadata: {name: db}, spec: {selector: {app: db}, ports: [{port: 5432, targetPort: 5432}]}}
"""
CLIENT = """
---
kind: Deployment
metadata: {name: dash}
spec: {replicas: 1, template: {spec: {containers: [{name: app, env: [{name: DB, value: 'db:5432'}]}]}}}
status: {replicas: 1, readyReplicas: 1, availableReplicas: 1}
---
kind: Pod
metadata: {name: dash-0, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: dash, controller: true}]}
spec: {nodeName: n1, containers: [{name: app}]}
status: {phase: Running, podIP: 10.0.0.8, conditions: [{type: Ready, status: 'True'}]}
"""
FULL = 'ERROR: could not resize shared memory segment "/seg.7" to 134217728 bytes: No space left on device'


def _log(pod: str, container: str, *lines: str) -> str:
    return f"---\n{{kind: Log, subject: Pod/{pod}, container: {container}, lines: {list(lines)!r}}}\n"


@pytest.mark.parametrize(
    "logs",
    [_log("db-0", "db", FULL, FULL, FULL), _log("dash-0", "app", FULL, FULL, FULL),
     _log("db-0", "db", FULL, FULL, FULL) + _log("dash-0", "app", FULL, FULL, FULL)],
    ids=["the server says so", "its client passes it on", "both"],
)  # fmt: skip
def test_the_database_is_the_one_whose_shared_memory_is_full(logs: str) -> None:
    assert causes_of(SERVER + CLIENT + logs) == [("shared_memory_is_exhausted", "db")]


@pytest.mark.parametrize(
    "line",
    [
        "RuntimeError: DataLoader worker is killed by signal: Bus error. Please try to raise your shared memory limit.",
        "Creating shared memory in /dev/shm/.org.chromium.xJ2l failed: No space left on device (28)",
        "NCCL WARN Error while creating shared memory segment /dev/shm/nccl-qw (size 9637888)",
    ],
)
def test_other_programs_are_understood_as_well(line: str) -> None:
    assert causes_of(CLIENT.lstrip("\n-") + _log("dash-0", "app", line, line, line)) == [
        ("shared_memory_is_exhausted", "dash")
    ]


@pytest.mark.parametrize(
    "lines", [[FULL], ["ERROR: out of shared memory"] * 3], ids=["once", "a table of locks is full"]
)
def test_one_line_or_other_memory_is_no_fault_of_it(lines: list[str]) -> None:
    assert "shared_memory_is_exhausted" not in [rule for rule, _ in causes_of(SERVER + _log("db-0", "db", *lines))]
