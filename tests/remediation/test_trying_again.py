"""After a refusal is lifted, controllers that put it off for long are made to look again; nobody else is touched."""

from __future__ import annotations

import pytest
from planning import planned, shown

from cluster_doctor.domain.remediation import RemediationPlan, Route
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.policy.shapes import misfits
from cluster_doctor.remediation.proposals.drafting import proposable

QUOTA = """
kind: ResourceQuota
metadata: {name: few, LABELS}
spec: {hard: {pods: "2"}}
"""
SETS = """
kind: ReplicaSet
metadata: {name: web-1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]}
spec: {replicas: 3}
status:
  replicas: 1
  conditions: [{type: ReplicaFailure, status: 'True', reason: FailedCreate, lastTransitionTime: 'SINCE'}]
---
{kind: Deployment, metadata: {name: web}, spec: {replicas: 3}, status: {replicas: 1}}
---
kind: StatefulSet
metadata: {name: db, annotations: {argocd.argoproj.io/tracking-id: 'shop:apps/StatefulSet:shop/db'}}
spec: {replicas: 2}
status: {replicas: 0}
---
{kind: Job, metadata: {name: once}, spec: {}, status: {}}
"""
REFUSAL = """
kind: Event
metadata: {name: e-NAME}
involvedObject: {kind: KIND, name: NAME}
reason: FailedCreate
type: Warning
firstTimestamp: 'SINCE'
message: 'Error creating: pods "x" is forbidden: WORDS'
"""
EXCEEDED = "exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2"
LONG, JUST_NOW = "2026-01-01T11:20:00Z", "2026-01-01T11:59:30Z"
WEB = "metadata.annotations.cluster-doctor.io/try-again: nothing -> 2026-01-01T12:00:00Z"
ROOM = "adjust_quota ResourceQuota shop/few: spec.hard.pods: 2 -> 6"


def refusal(kind: str, name: str, words: str = EXCEEDED) -> str:
    return REFUSAL.replace("KIND", kind).replace("NAME", name).replace("WORDS", words)


def raised(*refusals: str, since: str = LONG, labels: str = "labels: {}") -> RemediationPlan:
    text = "---\n".join([QUOTA.replace("LABELS", labels), SETS, *refusals])
    return planned("namespace_pod_quota_is_exceeded", text.replace("SINCE", since))[1]


def test_the_controllers_that_were_refused_for_long_try_again_once_there_is_room() -> None:
    plan = raised(refusal("ReplicaSet", "web-1"), refusal("StatefulSet", "db"), refusal("Job", "once"))
    assert [shown(step) for step in plan.steps] == [
        ROOM, f"patch_annotation ReplicaSet shop/web-1: {WEB}", f"patch_annotation StatefulSet shop/db: {WEB}",
    ]  # fmt: skip
    assert "for 40 min" in plan.steps[1].instruction
    assert not [words for step in plan.steps for words in misfits(step)]


def test_whoever_keeps_the_object_it_is_annotated_in_the_cluster_and_nothing_is_written_down() -> None:
    plan = raised(refusal("StatefulSet", "db"))
    assert [(step.type, step.route) for step in plan.steps] == [
        (StepType.ADJUST_QUOTA, Route.CLUSTER), (StepType.PATCH_ANNOTATION, Route.CLUSTER),
    ]  # fmt: skip
    assert [step.type for step in proposable(1, plan).values()] == [StepType.ADJUST_QUOTA]


@pytest.mark.parametrize(
    ("told", "since", "labels"),
    [
        pytest.param(refusal("ReplicaSet", "web-1"), JUST_NOW, "labels: {}", id="who was refused just now"),
        pytest.param(refusal("Job", "once"), LONG, "labels: {}", id="a Job, which waits a minute at the most"),
        pytest.param(refusal("ReplicaSet", "gone-2"), LONG, "labels: {}", id="what was not read"),
        pytest.param(
            refusal("ReplicaSet", "web-1"), LONG, "labels: {kustomize.toolkit.fluxcd.io/name: k}",
            id="a quota that a pull request raises later",
        ),
    ],
)  # fmt: skip
def test_nobody_is_hurried_without_need(told: str, since: str, labels: str) -> None:
    assert [step.type for step in raised(told, since=since, labels=labels).steps] == [StepType.ADJUST_QUOTA]


def test_only_whose_pods_were_refused_for_that_tries_again() -> None:
    missing = 'error looking up service account shop/bot: serviceaccount "bot" not found'
    text = "---\n".join(
        [SETS, refusal("ReplicaSet", "web-1", missing), refusal("StatefulSet", "db"), refusal("ReplicaSet", "web-9")]
    ).replace("SINCE", LONG)
    _, plan = planned("service_account_does_not_exist", text)
    assert [shown(step) for step in plan.steps] == [
        "create_service_account ServiceAccount shop/bot", f"patch_annotation ReplicaSet shop/web-1: {WEB}",
    ]  # fmt: skip


def test_an_account_that_no_event_tells_of_any_more_is_made() -> None:
    _, plan = planned(
        "pods_lack_their_service_account",
        """
kind: StatefulSet
metadata: {name: ledger}
spec: {replicas: 1, template: {spec: {serviceAccountName: ledger, containers: [{name: app}]}}}
status: {replicas: 0}
""",
    )
    assert [shown(step) for step in plan.steps] == ["create_service_account ServiceAccount shop/ledger"]
