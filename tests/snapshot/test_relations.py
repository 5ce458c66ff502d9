"""How objects hang together."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.views import CronJob, Deployment, Event, Pod, Secret, Service

OWNED = """
{kind: Deployment, metadata: {name: web, uid: d}, spec: {selector: {matchLabels: {app: web}}}}
---
kind: ReplicaSet
metadata: {name: web-5d4f, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]}
---
kind: Pod
metadata:
  name: web-5d4f-x1
  labels: {app: web, pod-template-hash: 5d4f}
  ownerReferences: [{kind: ReplicaSet, apiVersion: apps/v1, name: web-5d4f, controller: true}]
spec: {nodeName: worker-1}
"""


def test_a_pod_leads_up_to_its_deployment_and_back() -> None:
    cluster = snapshot_of(OWNED)
    pod = cluster.all(Pod)[0]
    top = cluster.workload_ref(pod.ref)
    assert top == Deployment.ref_to("shop", "web")
    assert cluster.pods_of(top) == [pod]
    assert cluster.pods_on("worker-1") == [pod]
    assert [workload.name for workload in cluster.workloads()] == ["web"], (
        "what something manages stands for itself no more"
    )


def test_an_unread_replicaset_is_named_after_its_deployment() -> None:
    cluster = snapshot_of(OWNED.rpartition("---")[2], hidden=("ReplicaSet", "Deployment"))
    top = cluster.workload_ref(cluster.all(Pod)[0].ref)
    assert (top.kind, top.name) == ("Deployment", "web")
    other = snapshot_of(OWNED.rpartition("---")[2].replace("pod-template-hash: 5d4f", "a: b"))
    assert other.workload_ref(other.all(Pod)[0].ref).kind == "ReplicaSet", "without the hash nothing is guessed"


def test_owners_in_a_circle_end() -> None:
    text = """
{kind: ReplicaSet, metadata: {name: a,
 ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: b, controller: true}]}}
---
{kind: ReplicaSet, metadata: {name: b,
 ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: a, controller: true}]}}
"""
    cluster = snapshot_of(text)
    assert (
        cluster.workload_ref(ObjectRef(kind="ReplicaSet", name="a", namespace="shop", api_version="apps/v1")).kind
        == "ReplicaSet"
    )


CIRCLE = """
{kind: ReplicaSet, metadata: {name: a,
 ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: a, controller: true}]}}
---
{kind: Pod, metadata: {name: p,
 ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: a, controller: true}]}}
"""


def test_pods_of_owners_in_a_circle_are_listed_once() -> None:
    cluster = snapshot_of(CIRCLE)
    assert [
        pod.name
        for pod in cluster.pods_of(ObjectRef(kind="ReplicaSet", name="a", namespace="shop", api_version="apps/v1"))
    ] == ["p"]


def test_an_owner_that_does_not_control_is_not_climbed() -> None:
    cluster = snapshot_of(
        "{kind: Pod, metadata: {name: a, ownerReferences: [{apiVersion: batch/v1, kind: CronJob, name: n}]}}"
    )
    assert cluster.workload_ref(cluster.all(Pod)[0].ref).kind == "Pod"
    assert cluster.get(CronJob, "shop", "n") is None


@pytest.mark.parametrize(
    ("host", "namespace", "named"),
    [
        ("db", "shop", ("shop", "db")),
        ("db", "elsewhere", None),
        ("db.shop", "elsewhere", ("shop", "db")),
        ("db.shop.svc", "elsewhere", ("shop", "db")),
        ("DB.shop.svc.cluster.local.", "elsewhere", ("shop", "db")),
        ("gone.shop.svc", "elsewhere", ("shop", "gone")),
        ("gone", "shop", None),
        ("example.com", "shop", None),
        ("api.example.com", "shop", None),
        ("", "shop", None),
        ("...", "shop", None),
    ],
)
def test_host_names_lead_to_services(host: str, namespace: str, named: tuple[str, str] | None) -> None:
    cluster = snapshot_of("{kind: Service, metadata: {name: db}}")
    found = cluster.service_named(host, namespace)
    assert (found and (found.namespace, found.name)) == named


def test_services_are_found_by_the_labels_that_they_select() -> None:
    cluster = snapshot_of(
        OWNED
        + "---\n{kind: Service, metadata: {name: web}, spec: {selector: {app: web}}}\n"
        + "---\n{kind: Service, metadata: {name: none}}"
    )
    pod = cluster.all(Pod)[0]
    assert [service.name for service in cluster.services_of(pod.ref)] == ["web"]
    service = cluster.get(Service, "shop", "web")
    assert service is not None
    assert [ref.name for ref in cluster.workloads_behind(service)] == ["web"]
    assert cluster.addresses_of(service) == [], "slices were read, and none is there"
    assert (
        snapshot_of("{kind: Service, metadata: {name: web}}", hidden=("Endpoints", "EndpointSlice")).addresses_of(
            service
        )
        is None
    )


def test_events_of_both_apis_read_alike() -> None:
    text = """
{apiVersion: v1, kind: Event, metadata: {name: old}, involvedObject: {kind: Pod, name: a},
 reason: BackOff, message: one,
 count: 4, lastTimestamp: "2026-01-01T11:00:00Z", source: {component: kubelet}, type: Warning}
---
{apiVersion: events.k8s.io/v1, kind: Event, metadata: {name: new},
 regarding: {apiVersion: v1, kind: Pod, name: a, namespace: shop},
 reason: BackOff, note: two, series: {count: 9, lastObservedTime: "2026-01-01T11:30:00.000000Z"},
 eventTime: "2026-01-01T10:00:00.000000Z", reportingController: kubelet, type: Warning}
"""
    cluster = snapshot_of(text)
    events = cluster.events_about(Pod.ref_to("shop", "a"), "BackOff")
    assert [(event.message, event.count, event.component) for event in events] == [
        ("two", 9, "kubelet"),
        ("one", 4, "kubelet"),
    ]
    assert cluster.events_about(Pod.ref_to("shop", "a"), "Killing") == []
    assert all(cluster.holds(event.cite_message()) for event in events)
    assert Event({}).last_seen is None


def test_absence_needs_coverage() -> None:
    cluster = snapshot_of("{kind: Pod, metadata: {name: a}}", hidden=("Secret",))
    assert cluster.exists(Pod, "shop", "b") is False
    assert cluster.exists(Secret, "shop", "db") is None
    assert not cluster.holds(cluster.cite_absence(Secret.ref_to("shop", "db")))
    assert cluster.holds(cluster.cite_absence(Pod.ref_to("shop", "b")))


def test_one_odd_object_in_a_list_costs_nothing() -> None:
    builder = SnapshotBuilder("a test")
    builder.add_all(
        [
            None,
            {"kind": "Pod"},
            {"kind": "Pod", "metadata": {"name": 7, "namespace": ["x"], "labels": "l", "ownerReferences": {"a": 1}}},
            {"kind": "Pod", "metadata": {"name": "a", "namespace": "shop"}, "spec": "s", "status": 3},
        ]
    )
    cluster = builder.build()
    assert cluster.get(Pod, "shop", "a") is not None
    assert len(cluster.unparsed) == 2
    assert [pod.containers for pod in cluster.all(Pod)] == [[], []]
