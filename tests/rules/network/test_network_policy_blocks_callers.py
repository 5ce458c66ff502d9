"""A policy is a cause only for a caller that it keeps out."""

from __future__ import annotations

from cluster_doctor.domain.diagnosis import Status
from cluster_doctor.domain.findings import Directness, Finding
from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.engine import run_rules
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.rules.network.network_policy_blocks_callers import network_policy_blocks_callers

SHOP = """
kind: Namespace
metadata: {name: shop}
---
kind: Deployment
metadata: {name: cart}
spec:
  replicas: 1
  template:
    metadata: {labels: {app: cart}}
    spec: {containers: [{name: app, env: [{name: STOCK, value: 'stock:9000'}]}]}
status: {readyReplicas: 1, replicas: 1}
---
kind: Pod
metadata:
  name: cart-0
  labels: {app: cart}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: cart, controller: true}]
spec: {nodeName: n1, containers: [{name: app}]}
status:
  phase: Running
  podIP: 10.0.0.3
  conditions: [{type: Ready, status: 'True'}]
  containerStatuses: [{name: app, ready: true, restartCount: 0, state: {running: {}}}]
---
kind: Service
metadata: {name: stock}
spec: {clusterIP: 10.96.3.3, selector: {app: stock}, ports: [{name: api, port: 9000, targetPort: api},
  {name: metrics, port: 9100, targetPort: 9100}]}
---
kind: Pod
metadata: {name: stock-0, labels: {app: stock}}
spec: {nodeName: n2, containers: [{name: app, ports: [{name: api, containerPort: 8443}, {containerPort: 9100}]}]}
status:
  phase: Running
  podIP: 10.0.1.4
  conditions: [{type: Ready, status: 'True'}]
  containerStatuses: [{name: app, ready: true, restartCount: 0, state: {running: {}}}]
---
kind: Endpoints
metadata: {name: stock}
subsets: [{addresses: [{ip: 10.0.1.4, targetRef: {kind: Pod, name: stock-0}}], ports: [{name: api, port: 8443}]}]
"""
TIMEOUT = """
---
kind: Log
subject: Pod/cart-0
container: app
lines: ['dial tcp 10.96.3.3:9000: i/o timeout']
"""
DENY = """
---
kind: NetworkPolicy
metadata: {name: closed}
spec: {podSelector: {}, policyTypes: [Ingress]}
"""
METRICS_ONLY = """
---
kind: NetworkPolicy
metadata: {name: stock-metrics}
spec: {podSelector: {matchLabels: {app: stock}}, ingress: [{ports: [{port: 9100}]}]}
"""


def _findings(text: str, *hidden: str) -> list[Finding]:
    return list(run_rules([network_policy_blocks_callers], snapshot_of(text, hidden=hidden)).findings)


def test_the_policy_is_blamed_with_the_caller_and_the_port_behind_the_services_name() -> None:
    (finding,) = _findings(SHOP + DENY + TIMEOUT)
    assert str(finding.subject) == "NetworkPolicy shop/closed"
    assert finding.facts["port"] == "api"
    assert finding.facts["caller"] == "Deployment shop/cart"
    assert finding.directness is Directness.COMPARED


def test_the_policy_that_selects_the_target_alone_is_named_before_one_for_all() -> None:
    (finding,) = _findings(SHOP + DENY + METRICS_ONLY + TIMEOUT)
    assert finding.subject.name == "stock-metrics"
    assert finding.facts["policies"] == "closed, stock-metrics"


def test_a_timeout_to_the_services_address_is_traced_to_the_policy() -> None:
    diagnosis = diagnose(snapshot_of(SHOP + DENY + TIMEOUT), Incident())
    assert diagnosis.status is Status.RESOLVED
    (cause,) = diagnosis.root_causes
    assert cause.rule == "network_policy_blocks_callers"
    assert [symptom.subject.name for symptom in cause.explains] == ["cart"]


def test_a_denied_call_that_nobody_suffers_from_is_no_finding_of_its_own() -> None:
    (finding,) = _findings(SHOP + DENY)
    assert finding.directness is Directness.SUGGESTED
    assert diagnose(snapshot_of(SHOP + DENY), Incident()).status is Status.HEALTHY


def test_default_deny_with_the_exception_that_the_caller_needs_is_quiet() -> None:
    admitted = METRICS_ONLY.replace("{port: 9100}", "{port: 8443}")
    assert _findings(SHOP + DENY + admitted + TIMEOUT) == []


def test_nothing_is_claimed_when_policies_or_pods_were_not_read() -> None:
    for kind in ("NetworkPolicy", "Pod"):
        assert _findings(SHOP + DENY + TIMEOUT, kind) == []


def test_a_policy_without_a_known_caller_is_quiet() -> None:
    stranger = SHOP.replace("stock:9000", "https://bank.example.com:9000")
    assert _findings(stranger + DENY) == []
