"""The rights that a policy needs: all that it allows, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import yaml

from cluster_doctor.domain.steps import StepType, Verb
from cluster_doctor.remediation.policy import DEFAULT_POLICY
from cluster_doctor.remediation.policy.rbac import NAME, Subject, rbac_for
from cluster_doctor.remediation.policy.rights import RIGHTS
from cluster_doctor.remediation.policy.shapes import SHAPES
from policy.given import policy

DOCTOR = Subject("ServiceAccount", "doctor", "ops")
IDENTITY = {"apiGroups": [""], "resources": ["namespaces"], "resourceNames": ["kube-system"], "verbs": ["get"]}


def roles(text: str, *namespaces: str) -> dict[tuple[str, str], list[Any]]:
    """Rules by kind and namespace of the role."""
    found: dict[tuple[str, str], list[Any]] = {}
    for one in yaml.safe_load_all(yaml.safe_dump_all(rbac_for(policy(text), DOCTOR, namespaces).objects)):
        if one["kind"] in {"Role", "ClusterRole"}:
            found[one["kind"], one["metadata"].get("namespace", one["metadata"]["name"])] = one["rules"]
    return found


def may(rules: Sequence[Any], verb: str, group: str, resource: str, name: str = "") -> bool:
    """Whether rules allow a request, as the RBAC authorizer tells it."""
    return any(
        verb in rule["verbs"]
        and group in rule["apiGroups"]
        and resource in rule["resources"]
        and (not rule.get("resourceNames") or name in rule["resourceNames"])
        for rule in rules
    )


def test_the_default_policy_needs_to_know_which_cluster_it_is_and_nothing_else() -> None:
    found = rbac_for(DEFAULT_POLICY, DOCTOR)
    assert [(one["kind"], one.get("rules")) for one in found.objects] == [
        ("ClusterRole", [IDENTITY]),
        ("ClusterRoleBinding", None),
    ]
    assert found.notes == ()


def test_an_entry_for_named_objects_becomes_a_role_for_just_them() -> None:
    text = """
allow:
- name: a
  routes: [cluster]
  types: [scale, evict_pod, create_config_map]
  namespaces: [shop, kube-system]
  kinds: [Deployment, Pod, ConfigMap]
  names: [web]
"""
    found = roles(text)
    assert set(found) == {("ClusterRole", NAME), ("Role", "shop")}, "what is protected gets no role"
    assert found["ClusterRole", NAME] == [IDENTITY]
    assert found["Role", "shop"] == [
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["create"]},
        {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["web"], "verbs": ["delete", "get"]},
        {"apiGroups": [""], "resources": ["pods"], "resourceNames": ["web"], "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["pods/eviction"], "resourceNames": ["web"], "verbs": ["create"]},
        {"apiGroups": ["apps"], "resources": ["deployments"], "resourceNames": ["web"], "verbs": ["get", "patch"]},
    ]


def test_bindings_name_the_subject_and_the_role_beside_them() -> None:
    text = "allow: [{name: a, routes: [cluster], types: [restart], namespaces: [shop]}]"
    for subject, raw in (
        (DOCTOR, {"kind": "ServiceAccount", "name": "doctor", "namespace": "ops"}),
        (Subject("User", "ada"), {"kind": "User", "name": "ada", "apiGroup": "rbac.authorization.k8s.io"}),
    ):
        bindings = [one for one in rbac_for(policy(text), subject).objects if "subjects" in one]
        assert [(one["kind"], one["subjects"]) for one in bindings] == [
            ("ClusterRoleBinding", [raw]),
            ("RoleBinding", [raw]),
        ]


def test_namespaces_left_open_become_a_template_or_roles_in_those_that_there_are() -> None:
    text = "allow: [{name: a, routes: [cluster], types: [scale], namespaces: ['shop-*']}]"
    template = rbac_for(policy(text), DOCTOR)
    assert [one["metadata"] for one in template.objects if one["kind"] == "RoleBinding"] == [
        {"name": f"{NAME}-namespaced", "namespace": "NAMESPACE"}
    ]
    assert "leaves the namespaces open" in template.notes[0]
    assert set(roles(text, "shop-1", "pay", "kube-system")) == {("ClusterRole", NAME), ("Role", "shop-1")}
    anywhere = "allow: [{name: a, routes: [cluster], types: [scale]}]"
    assert set(roles(anywhere, "pay", "kube-system")) == {("ClusterRole", NAME), ("Role", "pay")}


def test_nodes_get_rights_in_the_cluster_unless_the_entry_is_about_namespaces() -> None:
    node = {"apiGroups": [""], "resources": ["nodes"], "verbs": ["get", "patch"]}
    assert node in roles("allow: [{name: a, routes: [cluster], types: [cordon]}]")["ClusterRole", NAME]
    assert list(roles("allow: [{name: a, routes: [cluster], types: [cordon], namespaces: [shop]}]").values()) == [
        [IDENTITY]
    ]


def test_labels_of_namespaces_are_read_only_where_an_entry_asks_for_them() -> None:
    reads = {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get"]}
    selector = "namespace_labels: {matchLabels: {team: shop}}"
    assert roles(f"deny: [{{name: a, {selector}}}]")["ClusterRole", NAME] == [reads], "it covers the identity too"
    assert reads not in roles("deny: [{name: a}]")["ClusterRole", NAME]


def test_what_rbac_cannot_say_is_said() -> None:
    text = """
deny: [{name: no}]
allow:
- {name: a, routes: [cluster], namespaces: [shop], names: ['w*'], labels: {matchLabels: {a: b}}}
"""
    notes = "\n".join(rbac_for(policy(text), DOCTOR).notes)
    for said in ("RBAC cannot deny", "by patterns", "labels of the object", "patch_annotation of any kind"):
        assert said in notes


def test_a_custom_kind_is_named_as_its_plural_is_guessed() -> None:
    text = "allow: [{name: a, routes: [cluster], types: [patch_annotation], namespaces: [shop], kinds: [KINDS]}]"
    kinds = "Proxy.example.com, Bus.example.com, Widget.example.com, Deployment, Deployment.example.com"
    rules = roles(text.replace("KINDS", kinds))["Role", "shop"]
    assert [(rule["apiGroups"], rule["resources"]) for rule in rules] == [
        (["apps"], ["deployments"]),
        (["example.com"], ["buses", "deployments", "proxies", "widgets"]),
    ]


def test_every_type_has_a_shape_and_rights() -> None:
    assert set(SHAPES) == set(RIGHTS) == set(StepType)


WAY = {Verb.PATCH: "patch", Verb.CREATE: "create", Verb.DELETE: "delete", Verb.EVICT: "create"}


@pytest.mark.parametrize("of", list(StepType))
def test_every_type_gets_the_verb_that_it_is_done_with_and_the_target_can_be_read(of: StepType) -> None:
    kinds = SHAPES[of].kinds
    named = "" if kinds else ", kinds: [Deployment]"
    found = roles(f"allow: [{{name: a, routes: [cluster], types: [{of}]{named}}}]", "shop")
    rules = [rule for role in found.values() for rule in role]
    subresource = "/eviction" if SHAPES[of].verb is Verb.EVICT else ""
    for one in kinds or (SHAPES[StepType.SCALE].kinds[0],):
        assert may(rules, WAY[SHAPES[of].verb], one.group, f"{one.resource}{subresource}", "web")
        assert may(rules, "get", one.group, one.resource, "web")
        assert not may(rules, "update", one.group, one.resource, "web")
        assert not may(rules, "deletecollection", one.group, one.resource, "web")
        assert may(rules, "delete", one.group, one.resource, "web") is (
            SHAPES[of].verb in {Verb.DELETE, Verb.CREATE}
        ), "what is created is deleted to undo it"
    assert not any("secrets" in rule["resources"] or "*" in rule["resources"] for rule in rules)
