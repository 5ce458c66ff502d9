"""Where slowness begins: callers wait for callees."""

from __future__ import annotations

from rules.causes import causes_of

CALLS = """
{kind: Deployment, metadata: {name: front}, spec: {template: {metadata: {labels: {app: front}}}}}
---
{kind: Deployment, metadata: {name: cart}, spec: {template: {metadata: {labels: {app: cart}}}}}
---
{kind: Deployment, metadata: {name: stock}, spec: {template: {metadata: {labels: {app: stock}}}}}
---
{kind: CallEdge, caller: Deployment/front, callee: Deployment/cart}
---
{kind: CallEdge, caller: Deployment/cart, callee: Deployment/stock}
"""


def _alert(name: str, anomaly: str = "latency", before: float = 20, now: float = 900) -> str:
    return (
        f"\n---\n{{kind: Alert, subject: Deployment/{name}, anomaly: {anomaly}, before: {before}, now: {now}, "
        f"text: '{name} {anomaly}'}}"
    )


def test_the_deepest_slow_workload_is_the_origin_and_its_callers_are_symptoms() -> None:
    assert causes_of(CALLS + _alert("front") + _alert("cart") + _alert("stock")) == [
        ("workload_network_is_slow", "stock")
    ]


def test_a_callee_that_is_not_slow_is_not_blamed() -> None:
    assert causes_of(CALLS + _alert("front") + _alert("cart")) == [("workload_network_is_slow", "cart")]


def test_burning_cpu_explains_slowness_better_than_the_network() -> None:
    text = CALLS + _alert("cart") + _alert("stock") + _alert("stock", "cpu saturation", 0.1, 1.9)
    assert causes_of(text) == [("workload_burns_cpu", "stock")]


def test_a_rise_within_what_load_changes_do_is_quiet() -> None:
    assert causes_of(CALLS + _alert("cart", before=20, now=24)) == []


ONE_NODE = """
---
{kind: Node, metadata: {name: n1}}
""" + "".join(
    f"""
---
kind: Pod
metadata:
  name: {name}-0
  labels: {{app: {name}}}
  ownerReferences: [{{apiVersion: apps/v1, kind: Deployment, name: {name}, controller: true}}]
spec: {{nodeName: n1}}
status: {{phase: Running}}
"""
    for name in ("front", "stock")
)


def test_workloads_of_one_node_that_answer_with_errors_are_reached_and_its_network_is_not_slow() -> None:
    lone = CALLS.partition("---\n{kind: CallEdge")[0] + ONE_NODE
    refused = _alert("front", "errors", 100, 60) + _alert("stock", "errors", 100, 60)
    assert ("node_network_is_slow", "n1") not in causes_of(lone + refused)
    assert ("node_network_is_slow", "n1") in causes_of(lone + _alert("front") + _alert("stock"))
