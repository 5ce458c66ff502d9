"""What several causes ask for is done once."""

from __future__ import annotations

from planning import cause_of

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import Route
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.planner import plans_for
from cluster_doctor.rules.example import snapshot_of

NODE = "kind: Node\nmetadata: {name: n1}\nspec: {unschedulable: true}\n"


def _workload(name: str) -> ObjectRef:
    return ObjectRef(kind="Deployment", name=name, namespace="shop", api_version="apps/v1")


def test_an_account_that_two_workloads_lack_is_made_once() -> None:
    causes = [
        cause_of("service_account_does_not_exist", _workload("a"), name="bot"),
        cause_of("service_account_does_not_exist", _workload("b"), name="bot"),
        cause_of("service_account_does_not_exist", _workload("c"), name="other"),
    ]
    first, second, third = plans_for(snapshot_of(""), causes)
    assert [step.type for plan in (first, third) for step in plan.steps] == [StepType.CREATE_SERVICE_ACCOUNT] * 2
    (step,) = second.steps
    assert (step.type, step.route, step.manifest) == (None, Route.PERSON, None)
    assert step.title == "Create ServiceAccount shop/bot: see step 1.1"


def test_a_node_that_two_workloads_wait_for_is_uncordoned_once() -> None:
    causes = [cause_of("nodes_are_cordoned", _workload(name), nodes="n1") for name in "ab"]
    plans = plans_for(snapshot_of(NODE), causes)
    assert [[step.type for step in plan.steps] for plan in plans] == [[StepType.UNCORDON], [None]]
