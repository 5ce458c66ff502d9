"""Custom resources are read as far as they may explain something, and never mistaken for what they are called like."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.api import TestCluster
from cluster.definitions import definition, forget
from cluster_doctor.domain.coverage import GapReason
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom, Service
from cluster_doctor.sources.live.limits import Limits
from cluster_doctor.sources.live.source import KubernetesSource
from cluster_doctor.sources.live.target import Target
from cluster_doctor.sources.protocol import Scope, Want

pytestmark = pytest.mark.cluster
SPACE, DELIVERY = "customs", "customs-delivery"
KINDS = (("Application", "applications", "argoproj.io"), ("Widget", "widgets", "shop.example.com"),
         ("Service", "services", "serving.example.com"))  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def definitions(cluster: TestCluster) -> Iterator[None]:
    for space in (SPACE, DELIVERY):
        cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}}, space)
    for kind, plural, group in KINDS:
        cluster.create(definition(kind, plural, group), "")
    for kind, place, (_, plural, group) in zip(
        ("Application", "Widget", "Service"), (DELIVERY, SPACE, SPACE), KINDS, strict=True
    ):
        body = {
            "apiVersion": f"{group}/v1alpha1",
            "kind": kind,
            "metadata": {"name": "front"},
            "status": {"conditions": [{"type": "Ready", "status": "False", "reason": "Stuck"}]},
        }
        cluster.create_at(f"/apis/{group}/v1alpha1/namespaces/{place}/{plural}", body)
    yield
    for space in (SPACE, DELIVERY):
        cluster.delete("Namespace", None, space)
    forget(cluster, *(definition(*kind) for kind in KINDS))


def _collect(kubeconfig: Path, limits: Limits | None = None) -> ClusterSnapshot:
    return KubernetesSource(Target(kubeconfig=str(kubeconfig)), limits=limits).collect(Scope(namespaces=(SPACE,)))


def _ref(kind: str, group: str, namespace: str) -> ObjectRef:
    return ObjectRef(kind=kind, name="front", namespace=namespace, api_version=f"{group}/v1alpha1")


def test_custom_resources_of_the_scope_and_deliveries_into_it_are_read(kubeconfig: Path) -> None:
    found = _collect(kubeconfig)
    widget = found.find(_ref("Widget", "shop.example.com", SPACE))
    assert widget is not None
    assert widget.condition("Ready")["reason"] == "Stuck"
    assert found.find(_ref("Application", "argoproj.io", DELIVERY)) is not None
    assert found.covers("Widget", SPACE)
    assert found.covers(Custom, SPACE)
    assert found.coverage.gaps == ()


def test_a_custom_kind_with_a_name_of_kubernetes_stays_a_custom_kind(kubeconfig: Path) -> None:
    found = _collect(kubeconfig)
    assert found.get(Service, SPACE, "front") is None
    assert found.find(_ref("Service", "serving.example.com", SPACE)) is not None


def test_kinds_beyond_the_bound_are_named_and_their_absence_is_unknown(kubeconfig: Path) -> None:
    found = _collect(kubeconfig, Limits(custom_kinds=1))
    assert found.find(_ref("Application", "argoproj.io", DELIVERY)) is not None, "what explains most comes first"
    assert not found.covers(Custom, SPACE)
    assert [(gap.kind, gap.reason) for gap in found.coverage.gaps] == [(Custom.kind, GapReason.OUT_OF_SCOPE)]
    source = KubernetesSource(Target(kubeconfig=str(kubeconfig)))
    assert source.fetch(found, [Want("Widget", SPACE)]).covers("Widget", SPACE)
