"""What a collection costs depends on what is wrong, not on how large the cluster is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from control_plane import binaries
from control_plane.cluster import ControlPlane

from cluster.api import TestCluster
from cluster.crowd import INCIDENT, collect_incident, grow, prepare
from cluster_doctor.snapshot.views import Pod
from cluster_doctor.sources.live.source import KubernetesSource
from cluster_doctor.sources.live.target import Target
from cluster_doctor.sources.protocol import Scope

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def own_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestCluster]:
    """A cluster that no other test fills or looks at."""
    if binaries.missing():
        pytest.skip(f"{binaries.assets()} lacks {', '.join(binaries.missing())}")
    plane = ControlPlane(tmp_path_factory.mktemp("large-cluster"))
    plane.start()
    yield TestCluster(plane.kubeconfig)
    plane.stop()


def _calls(cluster: TestCluster) -> int:
    found, calls = collect_incident(cluster)
    assert found.coverage.gaps == ()
    assert [pod.name for pod in found.within(Pod, INCIDENT)] == ["broken"]
    assert len(found.all(Pod)) == 1, "nobody else's Pods are read"
    return calls


def test_a_namespace_costs_the_same_calls_among_200_and_among_5000_pods(own_cluster: TestCluster) -> None:
    prepare(own_cluster)
    grow(own_cluster, 0, 199)
    among_few = _calls(own_cluster)
    grow(own_cluster, 199, 4999)
    assert _calls(own_cluster) == among_few
    assert among_few < 90

    whole = KubernetesSource(Target(kubeconfig=str(own_cluster.kubeconfig)))
    assert len(whole.collect(Scope()).all(Pod)) == 5000
