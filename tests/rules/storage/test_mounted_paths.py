"""What a process says that may not use a path: the path is named, or it is somebody else's refusal."""

from __future__ import annotations

import pytest

from cluster_doctor.rules.engine import run_rules
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.rules.storage.mounted_path_is_not_writable import mounted_path_is_not_writable

POD = """
kind: Pod
metadata: {name: cache-0}
spec: {nodeName: n1, containers: [{name: app}]}
status:
  phase: Running
  containerStatuses: [{name: app, ready: false, restartCount: 5, state: {waiting: {reason: CrashLoopBackOff}}}]
---
kind: Log
subject: Pod/cache-0
container: app
lines: ["SAYS"]
"""


def _paths(says: str) -> list[str]:
    found = run_rules([mounted_path_is_not_writable], snapshot_of(POD.replace("SAYS", says))).findings
    return [finding.message.partition(" may not use ")[2].partition(":")[0] for finding in found]


@pytest.mark.parametrize(
    ("says", "path"),
    [
        ("mkdir: cannot create directory '/data/index': Permission denied", "/data/index"),
        ("# Can't open or create append-only dir appendonlydir: Permission denied", "appendonlydir"),
        ("initdb: could not access directory 'base': Permission denied", "base"),
    ],
)
def test_the_path_is_named_absolute_or_relative(says: str, path: str) -> None:
    assert _paths(says) == [path]


def test_a_refusal_that_names_no_path_is_not_about_a_volume() -> None:
    assert _paths("ERROR: permission denied for table orders") == []
