"""`PYTHONPATH=tests python -m cluster.record_demo`: records the incident that `make demo` diagnoses.

`incidents/checkout.yaml` is played on a control plane of our own. The play takes a minute, a real shop stands for
days before something breaks: what happened before the release is moved back by `QUIET`, and Events of then are left
out, for an API server keeps them for an hour. Nothing else is changed.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from control_plane.cluster import ControlPlane

from cluster.api import Json, TestCluster
from cluster.scenario import Scenario, Stage, load, without_stage_directions
from cluster_doctor.snapshot.file import write_snapshot
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import format_time, parse_time
from cluster_doctor.snapshot.views import Deployment, Event, ReplicaSet
from cluster_doctor.sources.live.source import KubernetesSource
from cluster_doctor.sources.live.target import Target
from cluster_doctor.sources.protocol import Scope

SCRIPT = Path(__file__).with_name("incidents") / "checkout.yaml"
TARGET = Path(__file__).parents[2] / "notebooks" / "incidents" / "checkout.cds"
NAMESPACE = "shop"
QUIET = timedelta(days=3, hours=4, minutes=17)
"""How long the shop stood before the release."""
RELEASED = "payments"
"""The Deployment whose newest revision begins the incident."""


class Shop(Scenario):
    """A scenario in a namespace that a reader of the report can pronounce."""

    @property
    def namespace(self) -> str:
        """The shop."""
        return NAMESPACE


def main() -> int:
    """Play, record, write."""
    script = load(SCRIPT)
    shop = Shop(script.name, script.text, script.expects, script.also, script.alone, script.steps)
    with tempfile.TemporaryDirectory() as home:
        plane = ControlPlane(Path(home), nodes=4)
        plane.start()
        try:
            cluster = TestCluster(plane.kubeconfig)
            Stage(cluster, shop).play()
            _measure_autoscaler(cluster)
            seen = KubernetesSource(Target(kubeconfig=str(plane.kubeconfig))).collect(Scope(namespaces=(NAMESPACE,)))
        finally:
            plane.stop()
    write_snapshot(with_quiet_days(without_stage_directions(seen)), TARGET)
    sys.stdout.write(f"{TARGET.name}: {len(seen.objects)} objects, {TARGET.stat().st_size} bytes\n")
    return 0


def _measure_autoscaler(cluster: TestCluster) -> None:
    """Stand in for metrics-server, which no simulated kubelet feeds: the autoscaler is at its minimum."""
    now = format_time(datetime.now().astimezone())
    conditions = [
        ("AbleToScale", "ReadyForNewScale", "recommended size matches current size"),
        ("ScalingActive", "ValidMetricFound", "the HPA was able to successfully calculate a replica count from cpu"),
        ("ScalingLimited", "TooFewReplicas", "the desired replica count is less than the minimum replica count"),
    ]
    status: Json = {
        "currentReplicas": 2,
        "desiredReplicas": 2,
        "currentMetrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "current": {"averageUtilization": 9, "averageValue": "9m"}},
            }
        ],
        "conditions": [
            {"type": kind, "status": "True", "reason": reason, "message": message, "lastTransitionTime": now}
            for kind, reason, message in conditions
        ],
    }
    cluster.patch("HorizontalPodAutoscaler", NAMESPACE, "storefront/status", {"status": status})
    for event in (cluster.get("Event", NAMESPACE) or {"items": []})["items"]:
        if event["involvedObject"]["kind"] == "HorizontalPodAutoscaler":
            cluster.delete("Event", NAMESPACE, event["metadata"]["name"])


def with_quiet_days(cluster: ClusterSnapshot) -> ClusterSnapshot:
    """Move what happened before the release back."""
    released = _released_at(cluster)
    return ClusterSnapshot(
        taken_at=cluster.taken_at,
        objects=list(_moved_objects(cluster, released)),
        coverage=cluster.coverage,
        identity=cluster.identity,
        logs=cluster.logs,
        server_version=cluster.server_version,
        source="a recording of namespace shop",
    )


def _released_at(cluster: ClusterSnapshot) -> datetime:
    owned = cluster.owned_by(Deployment.ref_to(NAMESPACE, RELEASED), ReplicaSet)
    newest = max(owned, key=lambda view: view.revision)
    if newest.created_at is None:
        raise ValueError(f"{newest.ref} does not tell when it was made")
    return newest.created_at


def _moved_objects(cluster: ClusterSnapshot, released: datetime) -> Iterator[Json]:
    for raw in cluster.objects:
        if raw["kind"] == Event.kind:
            last_seen = Event(raw).last_seen
            if last_seen is None or last_seen < released:
                continue
            yield raw
        else:
            yield _moved(raw, released)


def _moved(value: Any, released: datetime) -> Any:
    if isinstance(value, dict):
        return {key: _moved(inner, released) for key, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner, released) for inner in value]
    moment = parse_time(value)
    return format_time(moment - QUIET) if moment and moment < released else value


if __name__ == "__main__":
    sys.exit(main())
