"""Nothing but reads reaches the server, and rights that are missing become gaps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from control_plane.cluster import ControlPlane, write_kubeconfig

from cluster.api import TestCluster
from cluster.waiting import until
from cluster_doctor.domain.coverage import GapReason
from cluster_doctor.domain.errors import ClusterUnavailable, UsageError
from cluster_doctor.snapshot.views import Node, Pod, Service
from cluster_doctor.sources.live.source import KubernetesSource
from cluster_doctor.sources.live.target import Target
from cluster_doctor.sources.protocol import Scope, Want

pytestmark = pytest.mark.cluster
SPACE = "rights"
READS = {"get", "list", "watch"}
CRASHING = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {
        "name": "worker",
        "annotations": {"sim/behaviour": "crashloop:exit=2;restarts=3", "sim/log": "fatal: no queue\xff"},
    },
    "spec": {"containers": [{"name": "worker", "image": "registry.example.com/worker:1"}]},
}


@pytest.fixture(scope="module", autouse=True)
def space(cluster: TestCluster) -> Iterator[None]:
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}}, SPACE)
    for account in ("reader", "local", "nobody"):
        cluster.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": account}}, SPACE)
    rules = [{"apiGroups": ["*"], "resources": ["*"], "verbs": sorted(READS)}]
    group = "rbac.authorization.k8s.io"
    for kind, account, names in (("ClusterRole", "reader", "test-reads-all"), ("Role", "local", "reads-here")):
        cluster.create({"apiVersion": f"{group}/v1", "kind": kind, "metadata": {"name": names}, "rules": rules}, SPACE)
        subject = {"kind": "ServiceAccount", "name": account, "namespace": SPACE}
        binding: dict[str, Any] = {
            "apiVersion": f"{group}/v1",
            "kind": f"{kind}Binding",
            "metadata": {"name": names},
            "subjects": [subject],
            "roleRef": {"apiGroup": group, "kind": kind, "name": names},
        }
        cluster.create(binding, SPACE)
    cluster.create(CRASHING, SPACE)
    until(lambda: cluster.has_restarted(SPACE), "the worker has ended once")
    yield
    for kind in ("ClusterRole", "ClusterRoleBinding"):
        cluster.delete(kind, None, "test-reads-all")
    cluster.delete("Namespace", None, SPACE)


@pytest.fixture
def login(cluster: TestCluster, control_plane: ControlPlane, tmp_path: Path) -> Any:
    def make(account: str, namespace: str = "") -> Target:
        path = f"/api/v1/namespaces/{SPACE}/serviceaccounts/{account}/token"
        token = cluster.send("POST", path, {"spec": {"expirationSeconds": 3600}})["status"]["token"]
        file = tmp_path / account
        pki = control_plane.home / "pki" / "ca.crt"
        return Target(kubeconfig=str(write_kubeconfig(file, control_plane.server, pki, {"token": token}, namespace)))

    return make


def _audited(control_plane: ControlPlane, account: str) -> list[dict[str, Any]]:
    user = f"system:serviceaccount:{SPACE}:{account}"
    lines = (json.loads(line) for line in control_plane.audit_log.read_text().splitlines())
    return [line for line in lines if line["user"]["username"] == user]


def test_get_list_and_watch_are_enough_and_nothing_else_is_sent(login: Any, control_plane: ControlPlane) -> None:
    found = KubernetesSource(login("reader")).collect(Scope(namespaces=(SPACE,)))
    assert found.coverage.gaps == ()
    assert found.exists(Pod, SPACE, "worker") is True
    audited = _audited(control_plane, "reader")
    assert len(audited) > 40
    assert {line["verb"] for line in audited} <= READS
    subresources = {line.get("objectRef", {}).get("subresource") for line in audited}
    assert subresources <= {None, "log"}


def test_a_source_for_the_whole_cluster_sends_reads_only(login: Any, control_plane: ControlPlane) -> None:
    source = KubernetesSource(login("reader"))
    found = source.fetch(source.collect(Scope()), [Want("Log", SPACE, "worker"), Want("Secret", SPACE)])
    assert found.covers(Pod)
    assert {line["verb"] for line in _audited(control_plane, "reader")} <= READS


def test_rights_in_one_namespace_are_enough_for_that_namespace(login: Any) -> None:
    found = KubernetesSource(login("local")).collect(Scope(namespaces=(SPACE,)))
    assert found.exists(Pod, SPACE, "worker") is True
    assert found.exists(Service, SPACE, "absent") is False
    assert found.exists(Node, None, "node-1") is None
    assert {gap.reason for gap in found.coverage.gaps} == {GapReason.FORBIDDEN}
    assert "Node" in {gap.kind for gap in found.coverage.gaps}


def test_without_a_scope_the_namespace_of_the_kubeconfig_is_read_where_all_are_forbidden(login: Any) -> None:
    found = KubernetesSource(login("local", SPACE)).collect(Scope())
    assert found.exists(Pod, SPACE, "worker") is True
    assert found.exists(Pod, "default", "absent") is None
    assert ("Pod", GapReason.FORBIDDEN) in {(gap.kind, gap.reason) for gap in found.coverage.gaps}


def test_no_rights_at_all_is_an_error_that_says_so(login: Any) -> None:
    with pytest.raises(ClusterUnavailable, match="forbidden") as raised:
        KubernetesSource(login("nobody")).collect(Scope(namespaces=(SPACE,)))
    assert "get, list and watch" in raised.value.next_step


def test_a_namespace_that_does_not_exist_is_not_a_healthy_one(login: Any) -> None:
    with pytest.raises(UsageError, match="no such namespace") as raised:
        KubernetesSource(login("reader")).collect(Scope(namespaces=("rihgts",)))
    assert SPACE in raised.value.next_step


def test_logs_are_those_of_the_instance_that_ended(login: Any) -> None:
    found = KubernetesSource(login("reader")).collect(Scope(namespaces=(SPACE,)))
    logs = found.logs_of(Pod.ref_to(SPACE, "worker"))
    assert [(log.container, log.previous, log.lines[0][:15]) for log in logs] == [("worker", True, "fatal: no queue")]
    assert found.covers("Log", SPACE)


def test_what_is_missing_is_fetched_and_closes_its_gap(login: Any) -> None:
    source = KubernetesSource(login("reader"))
    before = source.collect(Scope(namespaces=(SPACE,)))
    assert before.exists(Service, "default", "kubernetes") is None
    after = source.fetch(before, [Want("Service", "default", "kubernetes"), Want("Service", "default", "absent")])
    assert after.exists(Service, "default", "kubernetes") is True
    assert after.exists(Service, "default", "absent") is False
    assert before.exists(Service, "default", "kubernetes") is None, "the older picture stays as it was"
