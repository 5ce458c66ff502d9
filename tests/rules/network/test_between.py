"""The question as a person asks it: may this workload reach that Service."""

from __future__ import annotations

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.rules.network.between import reachability
from cluster_doctor.rules.network.reachability import Access

TOWN = """
{kind: Deployment, metadata: {name: cart}, spec: {template: {metadata: {labels: {app: cart}}}}}
---
kind: Pod
metadata:
  name: cart-0
  labels: {app: cart}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: cart, controller: true}]
spec: {nodeName: n1, containers: [{name: app}]}
status: {phase: Running, podIP: 10.0.0.1}
---
{kind: Service, metadata: {name: stock}, spec: {selector: {app: stock}, ports: [{port: 80, targetPort: 8080}]}}
---
kind: Pod
metadata: {name: stock-0, labels: {app: stock}}
spec: {nodeName: n2, containers: [{name: app}]}
status: {phase: Running, podIP: 10.0.0.2}
---
kind: NetworkPolicy
metadata: {name: stock}
spec: {podSelector: {matchLabels: {app: stock}}, ingress: [{from: [{podSelector: {matchLabels: {app: cart}}}],
  ports: [{port: 8080}]}]}
"""
CART = ObjectRef("Deployment", "cart", "shop", "apps/v1")
STOCK = ObjectRef("Service", "stock", "shop")


def test_a_services_port_is_followed_to_that_of_its_pods() -> None:
    passage = reachability(snapshot_of(TOWN), CART, STOCK, 80)
    assert passage.access is Access.ALLOWED
    assert [policy.name for policy in passage.policies] == ["stock"]


def test_what_is_outside_is_denied_by_the_policy_that_is_named() -> None:
    passage = reachability(snapshot_of(TOWN), "198.51.100.4", STOCK, 80)
    assert (passage.access, [policy.name for policy in passage.policies]) == (Access.DENIED, ["stock"])


def test_a_port_that_the_service_does_not_offer_is_no_question_of_policies() -> None:
    assert reachability(snapshot_of(TOWN), CART, STOCK, 8080).access is Access.UNKNOWN


def test_a_workload_whose_pods_were_not_read_leaves_it_open() -> None:
    assert reachability(snapshot_of(TOWN, hidden=["Pod"]), CART, STOCK, 80).access is Access.UNKNOWN
