"""Egress policies and name resolution."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.findings import Finding
from cluster_doctor.rules.engine import run_rules
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.rules.network.network_policy_blocks_dns import network_policy_blocks_dns

CART = """
kind: Deployment
metadata: {name: cart}
spec: {template: {metadata: {labels: {app: cart}}, spec: {containers: [{name: app}]}}}
---
kind: Pod
metadata:
  name: cart-0
  labels: {app: cart}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: cart, controller: true}]
spec: {nodeName: n1, containers: [{name: app}]}
status: {phase: Running, podIP: 10.0.0.3}
---
kind: Log
subject: Pod/cart-0
container: app
lines: ['SAYS']
"""
DNS = """
---
kind: Service
metadata: {name: kube-dns, namespace: kube-system, labels: {k8s-app: kube-dns}}
spec: {selector: {k8s-app: kube-dns}, ports: [{name: dns, port: 53, protocol: UDP, targetPort: SERVES}]}
---
kind: Pod
metadata: {name: coredns-0, namespace: kube-system, labels: {k8s-app: kube-dns}}
spec: {nodeName: n2, containers: [{name: coredns, ports: [{name: dns-udp, containerPort: 5353, protocol: UDP}]}]}
status: {phase: Running, podIP: 10.0.9.9, conditions: [{type: Ready, status: 'True'}]}
"""
POLICY = """
---
kind: NetworkPolicy
metadata: {name: egress}
spec: {podSelector: {}, policyTypes: [Egress], egress: RULES}
"""
UNANSWERED = "getaddrinfo EAI_AGAIN stock"


def _findings(rules: str, says: str = UNANSWERED, serves: str = "53", more: str = "") -> list[Finding]:
    text = CART.replace("SAYS", says) + DNS.replace("SERVES", serves) + POLICY.replace("RULES", rules) + more
    return list(run_rules([network_policy_blocks_dns], snapshot_of(text)).findings)


def test_default_deny_of_egress_is_blamed_for_lookups_that_time_out() -> None:
    (finding,) = _findings("[]")
    assert str(finding.subject) == "NetworkPolicy shop/egress"
    assert "53/UDP" in finding.message


@pytest.mark.parametrize(
    "rules",
    [
        "[{ports: [{port: 53, protocol: UDP}]}]",
        "[{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}]}]",
        "[{}]",
    ],
)
def test_an_exception_for_dns_is_quiet(rules: str) -> None:
    assert _findings(rules) == []


def test_an_exception_for_tcp_alone_is_not_enough() -> None:
    assert len(_findings("[{ports: [{port: 53}]}]")) == 1


def test_the_port_of_the_pods_counts_not_that_of_the_service() -> None:
    assert len(_findings("[{ports: [{port: 53, protocol: UDP}]}]", serves="dns-udp")) == 1
    assert _findings("[{ports: [{port: 5353, protocol: UDP}]}]", serves="dns-udp") == []


def test_an_answer_that_a_name_does_not_exist_came_from_the_server() -> None:
    assert _findings("[]", says="lookup stock on 10.96.0.10:53: no such host") == []


def test_a_cache_on_the_node_is_reached_in_spite_of_policies() -> None:
    cache = (
        "\n---\nkind: DaemonSet\n"
        "metadata: {name: node-local-dns, namespace: kube-system, labels: {k8s-app: node-local-dns}}"
    )
    assert _findings("[]", more=cache) == []
