"""Where slowness begins when nobody alerts: series against their own past, their peers and the call graph."""

from __future__ import annotations

import random
from collections.abc import Iterable

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of
from rules.causes import causes_of

NOISE = random.Random(11)
END = 1767268800
"""2026-01-01 12:00 UTC, when examples are taken."""

CALLS = """
{kind: Node, metadata: {name: n1}}
---
{kind: Node, metadata: {name: n2}}
---
{kind: Node, metadata: {name: n3}}
---
{kind: CallEdge, caller: Deployment/front, callee: Deployment/cart}
---
{kind: CallEdge, caller: Deployment/cart, callee: Deployment/stock}
"""


def _workload(name: str, node: str, replicas: int = 1) -> str:
    pods = "".join(
        f"\n---\nkind: Pod\nmetadata:\n  name: {name}-{number}\n  labels: {{app: {name}}}\n"
        f"  ownerReferences: [{{apiVersion: apps/v1, kind: Deployment, name: {name}, controller: true}}]\n"
        f"spec: {{nodeName: {node}, containers: [{{name: app}}]}}\n"
        "status: {phase: Running, podIP: 10.0.0.1, conditions: [{type: Ready, status: 'True'}]}"
        for number in range(replicas)
    )
    return (
        f"\n---\n{{kind: Deployment, metadata: {{name: {name}}}, "
        f"spec: {{template: {{metadata: {{labels: {{app: {name}}}}}, spec: {{containers: [{{name: app}}]}}}}}}}}{pods}"
    )


def _series(subject: str, metric: str, before: float, now: float, minutes: int = 25) -> str:
    levels = [before] * (120 - minutes) + [now] * minutes
    values = [round(level * (1 + NOISE.uniform(-0.1, 0.1)), 5) for level in levels]
    times = [END - 60 * (len(levels) - position) for position in range(len(levels))]
    return f"\n---\n{{kind: Metric, subject: {subject}, metric: {metric}, times: {times}, values: {values}}}"


def _latency(name: str, now: float = 900) -> str:
    return _series(f"Deployment/{name}", "latency_high_percentile_ms", 40, now)


SHOP = CALLS + _workload("front", "n1") + _workload("cart", "n2") + _workload("stock", "n3")


def _causes(parts: Iterable[str]) -> list[tuple[str, str]]:
    return causes_of(SHOP + "".join(parts))


def test_the_deepest_slow_callee_is_the_origin() -> None:
    assert _causes(map(_latency, ("front", "cart", "stock"))) == [("workload_network_is_slow", "stock")]
    assert _causes([_latency("front"), _latency("cart"), _latency("stock", 41)]) == [
        ("workload_network_is_slow", "cart")
    ]


def test_its_callers_are_symptoms_with_the_time_of_the_step() -> None:
    diagnosis = diagnose(snapshot_of(SHOP + _latency("front") + _latency("cart")), Incident())
    (cause,) = diagnosis.root_causes
    assert {symptom.subject.name for symptom in cause.explains} == {"front", "cart"}
    assert cause.since is not None
    assert (cause.since.hour, cause.since.minute) == (11, 35)
    assert diagnosis.unexplained == ()


def test_cpu_that_jumped_with_the_slowness_is_the_cause() -> None:
    cpu = _series("Pod/stock-0", "cpu_cores", 0.2, 1.6)
    assert _causes([_latency("cart"), _latency("stock"), cpu]) == [("workload_burns_cpu", "stock")]


def test_cpu_that_rose_with_the_requests_is_load() -> None:
    cpu = _series("Pod/stock-0", "cpu_cores", 0.2, 1.6)
    requests = _series("Deployment/stock", "requests_per_second", 10, 90)
    assert "workload_burns_cpu" not in {rule for rule, _ in _causes([_latency("stock"), cpu, requests])}


def test_replicas_that_all_rise_together_are_under_load_and_one_that_does_alone_is_not() -> None:
    more = CALLS + _workload("stock", "n3", replicas=3) + _latency("stock")
    together = "".join(_series(f"Pod/stock-{number}", "cpu_cores", 0.2, 1.6) for number in range(3))
    alone = "".join(
        _series(f"Pod/stock-{number}", "cpu_cores", 0.2, 1.6 if number == 1 else 0.2) for number in range(3)
    )
    assert "workload_burns_cpu" not in {rule for rule, _ in causes_of(more + together)}
    assert ("workload_burns_cpu", "stock") in causes_of(more + alone)


def test_slow_workloads_that_share_nothing_but_a_node_are_explained_by_it() -> None:
    shop = CALLS + _workload("front", "n1") + _workload("mail", "n2") + _workload("stock", "n2")
    assert causes_of(shop + _latency("mail") + _latency("stock")) == [("node_network_is_slow", "n2")]


def test_a_node_that_sends_segments_again_unlike_its_peers_loses_packets() -> None:
    def resent(now: Iterable[float]) -> str:
        return "".join(
            _series(f"Node/n{number}", "tcp_retransmits_per_second", 0.05, level) for number, level in enumerate(now, 1)
        )

    slow = _latency("cart") + _latency("stock")
    assert ("node_network_loses_packets", "n3") in _causes([slow, resent((0.05, 0.05, 20.0))])
    everywhere = {rule for rule, _ in _causes([slow, resent((20.0, 20.0, 20.0))])}
    assert "node_network_loses_packets" not in everywhere


def test_a_share_of_failing_requests_that_lasts_is_a_symptom() -> None:
    failing = _series("Deployment/cart", "success_ratio", 1.0, 0.4)
    diagnosis = diagnose(snapshot_of(SHOP + failing), Incident())
    assert [symptom.rule for symptom in diagnosis.unexplained] == ["alert_reports_errors"]


def test_a_healthy_shop_with_daily_load_and_noise_is_quiet() -> None:
    steady = [_latency(name, 44) for name in ("front", "cart", "stock")]
    cpu = [_series("Pod/stock-0", "cpu_cores", 0.2, 0.25), _series("Deployment/cart", "success_ratio", 0.9, 0.9)]
    diagnosis = diagnose(snapshot_of(SHOP + "".join(steady + cpu)), Incident())
    assert (diagnosis.root_causes, diagnosis.unexplained) == ((), ())


def test_a_step_that_recovered_is_history() -> None:
    levels = [40.0] * 70 + [900.0] * 30 + [40.0] * 20
    times = [END - 60 * (len(levels) - position) for position in range(len(levels))]
    kept = f"metric: latency_high_percentile_ms, times: {times}, values: {levels}"
    assert _causes([f"\n---\n{{kind: Metric, subject: Deployment/stock, {kept}}}"]) == []
