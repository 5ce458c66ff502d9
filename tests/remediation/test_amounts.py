"""How many replicas, and how much of a quota, a plan gives."""

from __future__ import annotations

import pytest
from planning import cause_of

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.remediation.planner import plan_for
from cluster_doctor.rules.example import snapshot_of

SCALED = """
kind: Deployment
metadata: {name: web}
spec: {replicas: 0}
---
kind: ReplicaSet
metadata:
  name: web-2
  annotations: {deployment.kubernetes.io/revision: "2"}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec: {template: {spec: {containers: []}}}
---
kind: Event
metadata: {name: e1}
reason: ScalingReplicaSet
lastTimestamp: "2026-01-01T11:58:00Z"
message: MESSAGE
involvedObject: {apiVersion: apps/v1, kind: Deployment, name: web}
"""


@pytest.mark.parametrize(
    ("message", "replicas", "known"),
    [
        ("Scaled down replica set web-2 from 3 to 0", 3, True),
        ("Scaled down replica set web-2 to 0 from 3", 3, True),
        ("Scaled down replica set web-2 to 0", 1, False),
        ("Scaled down replica set web-1 from 1 to 0", 1, False),
        ("Scaled up replica set web-2 from 0 to 3", 1, False),
    ],
)
def test_a_workload_gets_the_replicas_that_its_own_revision_had(message: str, replicas: int, known: bool) -> None:  # noqa: FBT001
    cluster = snapshot_of(SCALED.replace("MESSAGE", message))
    plan = plan_for(cluster, cause_of("workload_is_scaled_to_zero", ObjectRef("Deployment", "web", "shop", "apps/v1")))
    assert plan is not None
    assert [str(edit) for edit in plan.steps[0].edits] == [f"spec.replicas: 0 -> {replicas}"]
    assert plan.choice_needed is not known


LACKING = """
kind: Deployment
metadata: {name: NAME}
spec:
  replicas: WANTED
  template: {spec: {containers: [{name: app, resources: {requests: {memory: ASKED}}}]}}
status: {replicas: 1}
---
"""


def lacking(name: str, wanted: int, asked: str) -> str:
    return LACKING.replace("NAME", name).replace("WANTED", str(wanted)).replace("ASKED", asked)


@pytest.mark.parametrize(
    ("text", "facts", "enough"),
    [
        (lacking("web", 4, "1Gi"), {"resource": "pods", "used": "1", "requested": "1"}, "4"),
        (lacking("web", 4, "1Gi"), {"resource": "requests.memory", "used": "1Gi", "requested": "1Gi"}, "4Gi"),
        (
            lacking("web", 2, "1Gi") + lacking("api", 3, "2Gi"),
            {"resource": "requests.memory", "used": "3Gi", "requested": "2Gi"},
            "8Gi",
        ),
        (lacking("web", 4, "1Gi"), {"resource": "services", "used": "5", "requested": "1"}, "6"),
        (lacking("web", 1, "1Gi"), {"resource": "pods", "used": "1", "requested": "1"}, "2"),
    ],
)
def test_a_quota_is_raised_for_all_that_is_missing(text: str, facts: dict[str, str], enough: str) -> None:
    quota = "kind: ResourceQuota\nmetadata: {name: team}\nspec: {hard: {RESOURCE: '1'}}\n"
    cluster = snapshot_of(text + quota.replace("RESOURCE", facts["resource"]))
    cause = cause_of(
        "namespace_pod_quota_is_exceeded", ObjectRef("Namespace", "shop"), quota="team", limit="1", **facts
    )
    plan = plan_for(cluster, cause)
    assert plan is not None
    assert [edit.becomes for edit in plan.steps[0].edits] == [enough]
