"""Plans for root causes."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
import yaml

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationPlan, Route
from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.inference.reach import FOUND_BY_MODEL
from cluster_doctor.remediation.export import export_plans
from cluster_doctor.remediation.planner import _planners, plan_for
from cluster_doctor.remediation.policy.shapes import misfits
from cluster_doctor.rules.catalogue import all_rules
from cluster_doctor.rules.example import snapshot_of

SHOP = """
kind: Service
metadata: {name: web, METADATA}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 9090}]}
---
kind: Deployment
metadata: {name: site, METADATA}
spec:
  replicas: 0
  template:
    metadata: {labels: {app: site}}
    spec: {containers: [{name: c, image: "site:2", resources: {limits: {memory: 64Mi}}}]}
---
kind: ReplicaSet
metadata:
  name: site-1
  annotations: {deployment.kubernetes.io/revision: "1"}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: site, controller: true}]
spec: {template: {spec: {containers: [{name: c, image: "site:1"}]}}}
---
kind: Node
metadata: {name: n1}
spec: {unschedulable: true}
---
kind: Event
metadata: {name: e}
reason: ScalingReplicaSet
message: Scaled down replica set site-1 to 0 from 3
involvedObject: {kind: Deployment, name: site}
"""
WEB = ObjectRef(kind="Service", name="web", namespace="shop")
SITE = ObjectRef(kind="Deployment", name="site", namespace="shop", api_version="apps/v1")
SPACE = ObjectRef(kind="Namespace", name="shop")


def _plan(rule: str, subject: ObjectRef, metadata: str = "labels: {}", **facts: str) -> RemediationPlan | None:
    cause = RootCause(
        subject=subject,
        rule=rule,
        severity="ERROR",
        statement="s",
        confidence=0.9,
        confidence_basis="",
        evidence=(),
        chain=(),
        facts=facts,
    )
    return plan_for(snapshot_of(SHOP.replace("METADATA", metadata)), cause)


CASES: list[tuple[str, ObjectRef, dict[str, str], str]] = [
    ("service_selects_no_pods", WEB, {"workload": "site"}, '{"spec": {"selector": {"app": "site"}}}'),
    ("service_targets_wrong_port", WEB, {"port": "80", "listened": "http 8080"}, '"targetPort": 8080'),
    ("service_uses_wrong_protocol", WEB, {"port": "80", "wanted": "UDP"}, '"/spec/ports/0/protocol", "value": "UDP"'),
    ("workload_is_scaled_to_zero", SITE, {}, '{"spec": {"replicas": 3}}'),
    ("memory_limit_is_exceeded", SITE, {"container": "c"}, '"memory": "128Mi"'),
    ("image_does_not_exist", SITE, {"container": "c", "image": "site:2"}, '"image": "site:1"'),
    ("nodes_are_cordoned", SITE, {"nodes": "n1,gone"}, "kubectl uncordon n1"),
    (
        "namespace_memory_quota_is_exceeded",
        SPACE,
        {"quota": "q", "resource": "requests.memory", "limit": "1Gi", "used": "1Gi", "requested": "512Mi"},
        '"requests.memory": "1.5Gi"',
    ),
    ("secret_lacks_key", SITE, {"name": "db", "key": "pass'word"}, "VALUE"),
    ("config_map_does_not_exist", SITE, {"name": "cfg"}, "kubectl create configmap cfg -n shop"),
    ("service_account_does_not_exist", SITE, {"name": "bot"}, "kubectl create serviceaccount bot -n shop"),
]


@pytest.mark.parametrize(("rule", "subject", "facts", "said"), CASES, ids=[case[0] for case in CASES])
def test_a_planner_knows_the_exact_change(rule: str, subject: ObjectRef, facts: dict[str, str], said: str) -> None:
    plan = _plan(rule, subject, **facts)
    assert plan is not None
    (step,) = plan.steps
    assert step.route is Route.CLUSTER
    assert said in step.command
    assert shlex.split(step.command)[0] == "kubectl"
    assert step.precondition
    assert step.undo
    assert step.check
    assert plan.test_plan
    if step.type is not None:
        assert not list(misfits(step)), "a policy that allows the type takes the step for what it is"


KEPT = [
    (
        "annotations: {argocd.argoproj.io/tracking-id: 'a:apps/Deployment:shop/site'}",
        "Argo CD application a",
        "argocd app sync a",
    ),
    (
        "labels: {kustomize.toolkit.fluxcd.io/name: k, kustomize.toolkit.fluxcd.io/namespace: flux}",
        "Flux Kustomization flux/k",
        "flux reconcile kustomization k -n flux --with-source",
    ),
    ("labels: {helm.toolkit.fluxcd.io/name: h}", "Flux HelmRelease h", "flux reconcile helmrelease h"),
    (
        "labels: {helm.sh/chart: site-1, app.kubernetes.io/instance: i}",
        "Helm release i",
        "helm diff upgrade i CHART  # then helm upgrade",
    ),
]


@pytest.mark.parametrize(("metadata", "keeper", "command"), KEPT, ids=[case[1] for case in KEPT])
def test_a_kept_object_is_repaired_where_it_is_written_down(metadata: str, keeper: str, command: str) -> None:
    plan = _plan("service_selects_no_pods", WEB, metadata, workload="site")
    assert plan is not None
    assert plan.managed_by == keeper
    assert [(step.route, step.command) for step in plan.steps] == [(Route.GITOPS, command)]
    assert plan.steps[0].undo == "Revert the pull request."
    assert plan.steps[0].patch == {"spec": {"selector": {"app": "site"}}}
    assert [step.route for step in plan.alternatives] == [Route.CLUSTER]


def test_an_instance_label_alone_is_no_argo_cd() -> None:
    plan = _plan("service_selects_no_pods", WEB, "labels: {app.kubernetes.io/instance: i}", workload="site")
    assert plan is not None
    assert plan.managed_by == ""


def test_a_value_that_only_a_person_knows_is_left_to_a_person() -> None:
    plan = _plan("service_targets_wrong_port", WEB, port="80", listened="http 8080, admin 8081")
    assert plan is not None
    assert plan.choice_needed
    assert plan.steps[0].patch is None
    assert plan.steps[0].command == ""
    assert "one of 8080, 8081" in plan.steps[0].instruction


@pytest.mark.parametrize("rule", [rule.name for rule in all_rules()])
def test_every_rule_has_a_plan_even_without_facts(rule: str) -> None:
    plan = _plan(rule, SITE)
    assert plan is not None
    assert plan.steps
    assert all(step.undo and step.check and step.precondition for step in plan.steps)


def test_planners_name_rules_that_exist() -> None:
    assert set(_planners()) <= {rule.name for rule in all_rules()} | {FOUND_BY_MODEL}


def test_a_hostile_name_stays_one_word_of_the_command() -> None:
    plan = _plan("config_map_does_not_exist", SITE, name="x; rm -rf /")
    assert plan is not None
    assert "x; rm -rf /" in shlex.split(plan.steps[0].command)


def test_an_export_can_be_repeated_and_holds_patches_and_a_pull_request(tmp_path: Path) -> None:
    plan = _plan("service_selects_no_pods", WEB, workload="site")
    assert plan is not None
    first = export_plans([plan], tmp_path / "e")
    content = {name: Path(name).read_bytes() for name in first}
    assert export_plans([plan], tmp_path / "e") == first
    assert {name: Path(name).read_bytes() for name in first} == content
    assert [Path(name).name for name in first] == ["01-01-service-web.patch.yaml", "PULL_REQUEST.md"]
    assert yaml.safe_load(Path(first[0]).read_text())["spec"] == {"selector": {"app": "site"}}
    assert "### Test plan" in Path(first[1]).read_text()


def test_a_digest_tells_contents_and_not_the_order_of_keys() -> None:
    one, other = ({"key": "team", "effect": "NoSchedule"}, {"effect": "NoSchedule", "key": "team"})
    edits = [FieldEdit(path=("spec", "tolerations"), becomes=[toleration]) for toleration in (one, other)]
    plan = _plan("service_selects_no_pods", WEB, workload="site")
    assert plan is not None
    digests = {
        plan.model_copy(update={"steps": (plan.steps[0].model_copy(update={"edits": (edit,)}),)}).digest
        for edit in edits
    }
    assert len(digests) == 1
    assert plan.digest not in digests
