"""What goes wrong between us and the server becomes a gap, or heals; it never becomes "does not exist"."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from control_plane.cluster import ControlPlane

from cluster.api import TestCluster
from cluster.fault_proxy import Fault, FaultProxy
from cluster_doctor.domain.coverage import GapReason
from cluster_doctor.domain.errors import ClusterUnavailable
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Deployment, Pod, Service
from cluster_doctor.sources.live.limits import Limits
from cluster_doctor.sources.live.source import KubernetesSource
from cluster_doctor.sources.live.target import Target
from cluster_doctor.sources.protocol import Scope

pytestmark = pytest.mark.cluster
SPACE = "faults"
QUICK = Limits(connect=1, read=1, total=20)


@pytest.fixture(scope="module")
def proxy(control_plane: ControlPlane, cluster: TestCluster) -> Iterator[tuple[FaultProxy, str]]:
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}}, SPACE)
    service = {"selector": {"app": "web"}, "ports": [{"port": 80}]}
    for name in ("web", "api"):
        cluster.create({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": service}, SPACE)
    pki = control_plane.home / "pki"
    found = FaultProxy(control_plane.server, pki)
    with found.serving(pki / "apiserver.crt", pki / "apiserver.key") as url:
        yield found, url
    cluster.delete("Namespace", None, SPACE)


@pytest.fixture
def ca_file(control_plane: ControlPlane) -> str:
    return str(control_plane.home / "pki" / "ca.crt")


def _collect(
    proxy: tuple[FaultProxy, str], ca_file: str, fault: Fault | None, limits: Limits = QUICK
) -> ClusterSnapshot:
    proxy[0].fault = fault
    return KubernetesSource(Target(server=proxy[1], ca_file=ca_file), limits=limits).collect(Scope(namespaces=(SPACE,)))


def _services(path: str) -> bool:
    return f"/namespaces/{SPACE}/services" in path


def _gaps(cluster: ClusterSnapshot) -> list[tuple[str, str | None, GapReason]]:
    return [(gap.kind, gap.namespace, gap.reason) for gap in cluster.coverage.gaps]


def _unknown(cluster: ClusterSnapshot) -> bool | None:
    return cluster.exists(Service, SPACE, "absent")


@pytest.mark.parametrize(
    "fault",
    [
        Fault("latency", _services),
        Fault("reset", _services, times=2),
        Fault("truncated", _services, times=2),
        Fault("refuse", _services, times=2, status=500),
        Fault("refuse", _services, times=2, status=503),
        Fault("refuse", _services, times=2, status=429, headers={"Retry-After": "1"}),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}",
)
def test_what_heals_leaves_no_gap(proxy: tuple[FaultProxy, str], ca_file: str, fault: Fault) -> None:
    found = _collect(proxy, ca_file, fault)
    assert fault.harmed >= 1
    assert _gaps(found) == []
    assert {service.name for service in found.within(Service, SPACE)} == {"web", "api"}
    assert _unknown(found) is False


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault("reset", _services), GapReason.UNREACHABLE),
        (Fault("truncated", _services), GapReason.UNREADABLE),
        (Fault("html", _services), GapReason.UNREADABLE),
        (Fault("empty", _services), GapReason.UNREADABLE),
        (Fault("hang", _services, seconds=2), GapReason.TIMED_OUT),
        (Fault("refuse", _services, status=500), GapReason.UNREACHABLE),
        (Fault("refuse", _services, status=503), GapReason.UNREACHABLE),
        (Fault("refuse", _services, status=429), GapReason.UNREACHABLE),
        (Fault("refuse", _services, status=403), GapReason.FORBIDDEN),
        (Fault("refuse", _services, status=404), GapReason.NOT_SERVED),
    ],
    ids=lambda value: f"{value.kind}-{value.status}" if isinstance(value, Fault) else "",
)
def test_what_does_not_heal_is_one_gap_and_never_an_absence(
    proxy: tuple[FaultProxy, str], ca_file: str, fault: Fault, reason: GapReason
) -> None:
    found = _collect(proxy, ca_file, fault)
    assert _gaps(found) == [("Service", SPACE, reason)]
    assert _unknown(found) is None
    assert found.exists(Deployment, SPACE, "absent") is False, "other kinds are read all the same"


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_is_not_asked_for_again(proxy: tuple[FaultProxy, str], ca_file: str, status: int) -> None:
    fault = Fault("refuse", _services, status=status)
    _collect(proxy, ca_file, fault)
    assert fault.harmed == 1


def test_once_the_server_no_longer_knows_us_everything_else_is_a_gap(
    proxy: tuple[FaultProxy, str], ca_file: str
) -> None:
    fault = Fault("refuse", lambda path: f"/namespaces/{SPACE}/" in path, status=401)
    found = _collect(proxy, ca_file, fault, Limits(connect=1, read=1, total=20, parallel=1))
    assert fault.harmed == 1, "nothing is sent after the first 401"
    assert {gap.reason for gap in found.coverage.gaps} == {GapReason.UNAUTHENTICATED}
    assert found.exists(Pod, SPACE, "absent") is None
    assert found.coverage.lists == frozenset()


def test_a_server_that_hangs_everywhere_ends_in_an_error_within_the_time(
    proxy: tuple[FaultProxy, str], ca_file: str
) -> None:
    began = time.monotonic()
    with pytest.raises(ClusterUnavailable, match="timed out") as raised:
        _collect(proxy, ca_file, Fault("hang", lambda _: True, seconds=3))
    assert time.monotonic() - began < 5
    assert "Traceback" not in str(raised.value)
    assert raised.value.next_step


def test_the_deadline_ends_a_slow_collection_with_gaps(proxy: tuple[FaultProxy, str], ca_file: str) -> None:
    slow = Fault("latency", lambda path: "/namespaces/" in path, seconds=0.7)
    began = time.monotonic()
    found = _collect(proxy, ca_file, slow, Limits(connect=1, read=1, total=3, parallel=2))
    assert time.monotonic() - began < 6
    assert GapReason.TIMED_OUT in {gap.reason for gap in found.coverage.gaps}
    assert "Log" not in {entry.partition("/")[0] for entry in found.coverage.lists} or found.covers(Pod, SPACE)


def test_a_list_that_expires_is_begun_again(proxy: tuple[FaultProxy, str], ca_file: str) -> None:
    fault = Fault("refuse", lambda path: _services(path) and "continue=" in path, times=1, status=410)
    found = _collect(proxy, ca_file, fault, Limits(connect=1, read=1, total=20, page=1))
    assert fault.harmed == 1
    assert {service.name for service in found.within(Service, SPACE)} == {"web", "api"}
    assert "Service" not in {gap.kind for gap in found.coverage.gaps}


def test_a_list_that_keeps_expiring_is_truncated(proxy: tuple[FaultProxy, str], ca_file: str) -> None:
    fault = Fault("refuse", lambda path: _services(path) and "continue=" in path, status=410)
    found = _collect(proxy, ca_file, fault, Limits(connect=1, read=1, total=20, page=1))
    assert ("Service", SPACE, GapReason.TRUNCATED) in _gaps(found)
    assert _unknown(found) is None
    assert found.within(Service, SPACE), "what was read is still true"


def test_the_certificate_is_the_one_that_was_presented(
    proxy: tuple[FaultProxy, str], ca_file: str, kubeconfig: Path
) -> None:
    through = _collect(proxy, ca_file, None)
    straight = KubernetesSource(Target(kubeconfig=str(kubeconfig))).collect(Scope(namespaces=(SPACE,)))
    assert through.identity is not None
    assert straight.identity is not None
    same, different = through.identity.agreement(straight.identity)
    assert {signal.value for signal in same} == {"serving-certificate fingerprint", "UID of namespace kube-system"}
    assert {signal.value for signal in different} == {"API server URL"}
    unverified = KubernetesSource(Target(server=proxy[1], skip_verification=True)).collect(Scope(namespaces=(SPACE,)))
    assert unverified.identity == through.identity
