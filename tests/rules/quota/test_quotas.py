"""Which of a namespace's quotas is exceeded, and by whom."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of

REJECTED = """
kind: Deployment
metadata: {name: web}
spec: {replicas: 2, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web}]}}}
status: {replicas: 0, conditions: [{type: Available, status: 'False'}]}
---
kind: ReplicaSet
metadata: {name: web-1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]}
spec: {replicas: 2}
status: {replicas: 0}
---
kind: Event
metadata: {name: e}
type: Warning
reason: FailedCreate
message: 'pods "web-1-x" is forbidden: exceeded quota: team, requested: WANTED, used: USED, limited: HARD'
involvedObject: {kind: ReplicaSet, name: web-1}
lastTimestamp: 'WHEN'
---
kind: Namespace
metadata: {name: shop}
"""


def _causes(wanted: str, used: str, hard: str, when: str = "2026-01-01T11:59:00Z") -> tuple[RootCause, ...]:
    text = REJECTED.replace("WANTED", wanted).replace("USED", used).replace("HARD", hard).replace("WHEN", when)
    return diagnose(snapshot_of(text), Incident()).root_causes


@pytest.mark.parametrize(
    ("wanted", "used", "hard", "rule"),
    [
        ("requests.cpu=500m", "requests.cpu=2", "requests.cpu=2", "namespace_cpu_quota_is_exceeded"),
        ("limits.memory=1Gi", "limits.memory=4Gi", "limits.memory=4Gi", "namespace_memory_quota_is_exceeded"),
        ("pods=1", "pods=10", "pods=10", "namespace_pod_quota_is_exceeded"),
    ],
)
def test_the_quota_that_leaves_no_room_is_named_and_blamed_on_its_namespace(
    wanted: str, used: str, hard: str, rule: str
) -> None:
    (cause,) = _causes(wanted, used, hard)
    assert cause.rule == rule
    assert (cause.subject.kind, cause.subject.name) == ("Namespace", "shop")
    assert "Deployment shop/web" in {str(symptom.subject) for symptom in cause.explains}


def test_a_workload_that_has_all_its_replicas_again_suffers_from_no_quota() -> None:
    text = REJECTED.replace("WANTED", "pods=1").replace("USED", "pods=10").replace("HARD", "pods=10")
    healed = text.replace("WHEN", "2026-01-01T08:00:00Z").replace(
        "status: {replicas: 0, conditions: [{type: Available, status: 'False'}]}",
        "status: {replicas: 2, readyReplicas: 2, availableReplicas: 2}",
    )
    healed = healed.replace("spec: {replicas: 2}\nstatus: {replicas: 0}", "spec: {replicas: 2}\nstatus: {replicas: 2}")
    assert diagnose(snapshot_of(healed), Incident()).root_causes == ()
