"""Calls that a mesh's policies deny, as their callers tell."""

from __future__ import annotations

import pytest

from rules.causes import causes_of

MESH = """
kind: Service
metadata: {name: stock}
spec: {selector: {app: stock}, ports: [{port: 80}]}
---
kind: Pod
metadata: {name: stock-0, labels: {app: stock}}
spec: {nodeName: n1, containers: [{name: app}, {name: istio-proxy}]}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
---
kind: Deployment
metadata: {name: cart}
spec: {replicas: 1, template: {spec: {containers: [{name: app, env: [{name: STOCK, value: 'http://stock:80'}]}]}}}
---
kind: Pod
metadata: {name: cart-0, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: cart, controller: true}]}
spec: {nodeName: n1, serviceAccountName: cart, containers: [{name: app}]}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
---
kind: Log
subject: Pod/cart-0
container: app
lines: [LINE, LINE, LINE]
"""
POLICY = """
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: NAME}
spec: {action: ACTION, rules: [{from: [{source: {principals: [WHO]}}]}]}
"""
DENIED = "403 Forbidden from http://stock:80/items: RBAC: access denied"
CART, SHOP = "cluster.local/ns/shop/sa/cart", "cluster.local/ns/shop/sa/shop"


def _mesh(*policies: tuple[str, str, str], line: str = DENIED) -> str:
    made = [
        POLICY.replace("NAME", name).replace("ACTION", action).replace("WHO", who) for name, action, who in policies
    ]
    return MESH.replace("LINE", repr(line)) + "".join(made)


@pytest.mark.parametrize(
    ("policies", "meant"),
    [
        ([("viewers", "ALLOW", SHOP)], "viewers"),
        ([("blocked", "DENY", CART)], "blocked"),
        ([("viewers", "ALLOW", CART), ("blocked", "DENY", CART)], "blocked"),
    ],
    ids=["left out", "denied", "denied before it is admitted"],
)
def test_the_policy_that_does_not_admit_the_caller_is_the_origin(
    policies: list[tuple[str, str, str]], meant: str
) -> None:
    assert causes_of(_mesh(*policies)) == [("authorization_policy_denies_calls", meant)]


@pytest.mark.parametrize(
    "text",
    [
        _mesh(("viewers", "ALLOW", CART)),
        _mesh(("blocked", "DENY", SHOP)),
        _mesh(),
        _mesh(("viewers", "ALLOW", SHOP), line="200 OK from http://stock:80/items"),
    ],
    ids=["it is admitted", "somebody else is denied", "no policy", "no denial"],
)
def test_no_policy_is_blamed_that_is_not_known_to_deny_the_call(text: str) -> None:
    assert "authorization_policy_denies_calls" not in [rule for rule, _ in causes_of(text)]
