"""Where slowness begins: callers wait for callees."""

from __future__ import annotations

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of

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


def _causes(text: str) -> list[tuple[str, str]]:
    return [(cause.rule, cause.subject.name) for cause in diagnose(snapshot_of(text), Incident()).root_causes]


def test_the_deepest_slow_workload_is_the_origin_and_its_callers_are_symptoms() -> None:
    assert _causes(CALLS + _alert("front") + _alert("cart") + _alert("stock")) == [
        ("workload_network_is_slow", "stock")
    ]


def test_a_callee_that_is_not_slow_is_not_blamed() -> None:
    assert _causes(CALLS + _alert("front") + _alert("cart")) == [("workload_network_is_slow", "cart")]


def test_burning_cpu_explains_slowness_better_than_the_network() -> None:
    text = CALLS + _alert("cart") + _alert("stock") + _alert("stock", "cpu saturation", 0.1, 1.9)
    assert _causes(text) == [("workload_burns_cpu", "stock")]


def test_a_rise_within_what_load_changes_do_is_quiet() -> None:
    assert _causes(CALLS + _alert("cart", before=20, now=24)) == []
