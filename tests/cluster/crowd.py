"""A namespace with an incident, and a crowd of Pods in others that have nothing to do with it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from cluster.api import Json, TestCluster
from cluster.waiting import until
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.live.source import KubernetesSource
from cluster_doctor.sources.live.target import Target
from cluster_doctor.sources.protocol import Scope

INCIDENT = "incident"
CROWDS = tuple(f"crowd-{number}" for number in range(8))


def prepare(cluster: TestCluster) -> None:
    """Make the namespaces, and one Pod that crashes in that of the incident."""
    for name in (INCIDENT, *CROWDS):
        cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}, name)
    cluster.create(_pod("broken", crashing=True), INCIDENT)
    until(lambda: cluster.has_restarted(INCIDENT), "the broken container has ended once")


def grow(cluster: TestCluster, first: int, last: int) -> None:
    """Add Pods, from one number up to another, which is left out, to the crowd."""
    with ThreadPoolExecutor(16) as pool:
        made = [
            pool.submit(cluster.create, _pod(f"pod-{number}"), CROWDS[number % len(CROWDS)])
            for number in range(first, last)
        ]
    for one in made:
        one.result()


def collect_incident(cluster: TestCluster) -> tuple[ClusterSnapshot, int]:
    """Collect the incident's namespace; returns the picture and the number of requests that it took."""
    source = KubernetesSource(Target(kubeconfig=str(cluster.kubeconfig)))
    return source.collect(Scope(namespaces=(INCIDENT,))), source.requests_sent


def _pod(name: str, *, crashing: bool = False) -> Json:
    spec: Json = {"containers": [{"name": "main", "image": "registry.example.com/crowd:1"}]}
    notes = {"sim/behaviour": "crashloop:restarts=3"} if crashing else {}
    if not crashing:
        # Not scheduled, so that thousands cost the test little; the API server counts them all the same.
        spec["schedulingGates"] = [{"name": "example.com/crowd"}]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "annotations": notes}, "spec": spec}
