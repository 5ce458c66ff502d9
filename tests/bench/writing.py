"""What the protocol around an approved step costs, beyond the write itself and its dry run."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cluster.api import TestCluster
from cluster.writes.steps import DEFINITIONS, EXAMPLES, SPACE, Example
from control_plane.cluster import ControlPlane
from policy.given import policy

from cluster_doctor.domain.outcome import StepState
from cluster_doctor.domain.steps import StepType
from cluster_doctor.history.history import History
from cluster_doctor.remediation.cluster.announcing import Announcements
from cluster_doctor.remediation.cluster.applying import Applier
from cluster_doctor.remediation.cluster.rehearsing import rehearse_step
from cluster_doctor.remediation.cluster.writer import open_writer
from cluster_doctor.remediation.policy import live_judge
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.live.target import Target

from .measurement import Measurement

_THE_WRITE_AND_ITS_DRY_RUN = 2
_TYPES = {
    StepType.SET_IMAGE, StepType.SCALE, StepType.PATCH_PORT, StepType.EDIT_CONFIG_MAP, StepType.CREATE_CONFIG_MAP,
    StepType.CORDON, StepType.ARGO_SYNC, StepType.FLUX_SUSPEND,
}  # fmt: skip

_POLICY = policy(f"""
allow:
- {{name: labelled, routes: [cluster], namespace_labels: {{matchLabels: {{kubernetes.io/metadata.name: {SPACE}}}}}}}
- {{name: nodes, routes: [cluster], kinds: [Node]}}
""")
"""Asks for labels of the namespace, which costs one more call than a policy without."""


def measure() -> Iterator[Measurement]:
    """Carry out steps of several types, each over a connection of its own."""
    with tempfile.TemporaryDirectory() as home:
        plane = ControlPlane(Path(home) / "plane", controllers=False)
        plane.start()
        try:
            found = list(_all(TestCluster(plane.kubeconfig), Path(home)))
        finally:
            plane.stop()
    most = max(calls for calls, _ in found)
    yield Measurement("API calls of an approved step, beyond write and dry run", most, "calls", below=4 + 1)
    yield Measurement("  time of an approved step, all calls", statistics.median(took for _, took in found), "s")


def _all(cluster: TestCluster, home: Path) -> Iterator[tuple[int, float]]:
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}}, SPACE)
    for definition in DEFINITIONS:
        cluster.create(definition, "")
    with History(home / "history") as history:
        history.log.begin("run-1", "", "")
        for number, example in enumerate(example for example in EXAMPLES if example.type in _TYPES):
            yield _one(cluster, history, f"1.{number}", example)


def _one(cluster: TestCluster, history: History, key: str, example: Example) -> tuple[int, float]:
    if example.manifest:
        cluster.create(example.manifest, SPACE)
    target = Target(kubeconfig=str(cluster.kubeconfig))
    with open_writer(target) as writer:
        identity = writer.identity()
        seen = ClusterSnapshot(taken_at=datetime.now(UTC), objects=(), identity=identity)
        judges = live_judge(_POLICY, history.writes)
        shown = rehearse_step(writer, key, example.step, judges(seen, writer.namespace_labels))
    begun = time.perf_counter()
    with open_writer(target) as writer:
        announcements = Announcements(history.writes, "run-1", "sre", identity)
        judge = judges(seen, writer.namespace_labels)
        outcome = Applier(writer, announcements, judge).apply(shown, example.step)
        calls = writer.requests_sent - _THE_WRITE_AND_ITS_DRY_RUN
    if outcome.state is not StepState.APPLIED:
        raise RuntimeError(f"{example.type}: {outcome.note or shown.problem}")
    return calls, time.perf_counter() - begun
