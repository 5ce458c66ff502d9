"""The test cluster, and every scenario played on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from control_plane import binaries
from control_plane.cluster import ControlPlane

from cluster.api import TestCluster
from cluster.scenario import Scenario, Stage, all_scenarios
from cluster_doctor.snapshot.file import write_snapshot
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

SIDE_BY_SIDE = 10


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """A control plane of our own, with its files; skipped where there are no programs and nobody insists."""
    if os.environ.get("CLUSTER_DOCTOR_TEST_KUBECONFIG"):
        pytest.skip("CLUSTER_DOCTOR_TEST_KUBECONFIG names another cluster; this test needs one that it started")
    missing = binaries.missing()
    if missing:
        reason = f"{binaries.assets()} lacks {', '.join(missing)}; tests/control_plane/build.sh makes them"
        if os.environ.get("CLUSTER_DOCTOR_TEST_CLUSTER") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    plane = ControlPlane(tmp_path_factory.mktemp("control-plane"), nodes=4)
    plane.start()
    yield plane
    plane.stop()


@pytest.fixture(scope="session")
def kubeconfig(request: pytest.FixtureRequest) -> Path:
    """Kubeconfig of an administrator of the test cluster."""
    named = os.environ.get("CLUSTER_DOCTOR_TEST_KUBECONFIG")
    if named:
        return Path(named)
    plane: ControlPlane = request.getfixturevalue("control_plane")
    return plane.kubeconfig


@pytest.fixture(scope="session")
def cluster(kubeconfig: Path) -> TestCluster:
    """The test cluster, to be written to."""
    return TestCluster(kubeconfig)


class Recordings:
    """Snapshots of scenarios; those that may share the cluster are played side by side."""

    def __init__(self, cluster: TestCluster, wanted: list[Scenario]) -> None:
        self.cluster = cluster
        self._pool = ThreadPoolExecutor(SIDE_BY_SIDE)
        self._alone = ThreadPoolExecutor(1)
        shared = [scenario for scenario in wanted if not scenario.alone]
        self._futures: dict[str, Future[ClusterSnapshot]] = {
            scenario.name: self._pool.submit(Stage(cluster, scenario).record) for scenario in shared
        }
        together = list(self._futures.values())
        for scenario in wanted:
            if scenario.alone:
                self._futures[scenario.name] = self._alone.submit(self._after, together, scenario)

    def _after(self, together: list[Future[ClusterSnapshot]], scenario: Scenario) -> ClusterSnapshot:
        for future in together:
            future.exception()
        return Stage(self.cluster, scenario).record()

    def of(self, scenario: Scenario) -> ClusterSnapshot:
        """The snapshot of one scenario."""
        snapshot = self._futures[scenario.name].result()
        folder = os.environ.get("CLUSTER_DOCTOR_RECORD_SCENARIOS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            write_snapshot(snapshot, Path(folder) / f"{scenario.name}.snapshot")
        return snapshot


@pytest.fixture(scope="session")
def recordings(cluster: TestCluster, request: pytest.FixtureRequest) -> Recordings:
    """Every scenario that a test of this session asks for; one that names none asks for all."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    parameters = [item.callspec.params.get("scenario") for item in items if hasattr(item, "callspec")]
    asked = {found.name for found in parameters if isinstance(found, Scenario)}
    every = any("recordings" in item.fixturenames and "scenario" not in item.fixturenames for item in items)
    wanted = [found for found in all_scenarios() if every or found.name in asked]
    return Recordings(cluster, wanted)
