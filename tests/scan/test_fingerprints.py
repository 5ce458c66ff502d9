"""One fault has one fingerprint, whatever was generated around it; another fault has another."""

from __future__ import annotations

import dataclasses
import random
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from cluster_doctor.domain.coverage import Coverage
from cluster_doctor.domain.findings import Severity
from cluster_doctor.domain.generated_names import lasting_name
from cluster_doctor.scanning.scan import ScanPolicy, scan_pictures
from cluster_doctor.snapshot.kinds import KINDS
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

POLICY = ScanPolicy(fail_on=Severity.ERROR, today=date(2026, 1, 1))
LETTERS = "bcdfghjklmnpqrstvwxz2456789"
"""The alphabet of generated names: k8s.io/apimachinery/pkg/util/rand."""
hashes = st.text(LETTERS, min_size=8, max_size=10)
endings = st.text(LETTERS, min_size=5, max_size=5)
uids = st.uuids().map(str)


def crashing(template: str, pods: list[str], uid: str, *, image: str = "web:9", order: int = 0) -> ClusterSnapshot:
    """A Deployment whose Pods cannot pull their image, as one cluster or another names them."""
    owned: list[dict[str, JsonValue]] = [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": f"web-{template}-{ending}",
                "namespace": "shop",
                "uid": f"{uid}-{ending}",
                "labels": {"app": "web", "pod-template-hash": template},
                "ownerReferences": [
                    {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": f"web-{template}", "controller": True}
                ],
            },
            "spec": {"nodeName": "n1", "containers": [{"name": "app", "image": image}]},
            "status": {
                "phase": "Pending",
                "containerStatuses": [
                    {
                        "name": "app",
                        "ready": False,
                        "state": {"waiting": {"reason": "ErrImagePull", "message": f"{image}: not found"}},
                    }
                ],
            },
        }
        for ending in pods
    ]
    objects: list[dict[str, JsonValue]] = [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web", "namespace": "shop", "uid": uid, "generation": 1},
            "spec": {"replicas": len(pods), "template": {"metadata": {"labels": {"app": "web"}}}},
            "status": {"observedGeneration": 1},
        },
        *owned,
    ]
    random.Random(order).shuffle(objects)
    return ClusterSnapshot(
        taken_at=datetime(2026, 1, 1, tzinfo=UTC),
        objects=objects,
        coverage=Coverage(lists=frozenset(kind.kind for kind in KINDS if kind.kind != "ReplicaSet")),
    )


def fingerprints(cluster: ClusterSnapshot) -> set[str]:
    return {found.fingerprint for found in scan_pictures([cluster], POLICY).findings}


REFERENCE = fingerprints(crashing("7d4b9c8f6d", ["x2x4z"], "u1"))


@settings(max_examples=60, deadline=None)
@given(hashes, st.lists(endings, min_size=1, max_size=4, unique=True), uids, st.integers(0, 1000))
def test_a_fault_keeps_its_fingerprints_in_every_run_and_cluster(
    template: str, pods: list[str], uid: str, order: int
) -> None:
    assert REFERENCE
    assert fingerprints(crashing(template, pods, uid, order=order)) == REFERENCE


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["rule", "kind", "namespace", "name", "about"]), st.from_regex(r"[a-z]{3,12}", fullmatch=True))
def test_another_fault_has_another_fingerprint(field: str, word: str) -> None:
    found = scan_pictures([crashing("7d4b9c8f6d", ["x2x4z"], "u1")], POLICY).findings[0]
    changed: dict[str, object] = {field: word}
    if field not in {"rule", "about"}:
        changed = {"subject": dataclasses.replace(found.subject, **{field: word})}
    other = found.model_copy(update=changed)
    same = (other.rule, other.subject, other.about) == (found.rule, found.subject, found.about)
    assert (other.fingerprint == found.fingerprint) is same


@given(st.from_regex(r"[a-z]([a-z0-9-]{0,20}[aeiou])?", fullmatch=True), hashes, endings, st.integers(10**7, 10**8 - 1))
def test_what_controllers_append_is_cut_off(name: str, template: str, ending: str, minute: int) -> None:
    assert lasting_name("Pod", f"{name}-{template}-{ending}") == name
    assert lasting_name("Pod", f"{name}-{ending}") == name
    assert lasting_name("Pod", f"{name}-{minute}-{ending}") == name
    assert lasting_name("ReplicaSet", f"{name}-{template}") == name
    assert lasting_name("Job", f"{name}-{minute}") == name


@pytest.mark.parametrize(
    ("kind", "name"),
    [("Pod", "db-mysql"), ("Pod", "web-0"), ("Pod", "etcd-node-1"), ("Deployment", "web-7d4b9c8f6d"), ("Job", "load")],
)
def test_what_people_call_things_stays(kind: str, name: str) -> None:
    assert lasting_name(kind, name) == name
