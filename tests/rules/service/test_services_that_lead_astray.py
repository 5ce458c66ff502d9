"""Services: selectors, ports, endpoints, and Pods of strangers."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of

SHOP = """
kind: Deployment
metadata: {name: web}
spec: {replicas: 1, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web}]}}}
status: {replicas: 1, readyReplicas: 1, availableReplicas: 1}
---
kind: Pod
metadata:
  name: web-0
  labels: {app: web}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec: {nodeName: n1, containers: [{name: web, ports: [{name: http, containerPort: 8080}]}]}
status: {phase: Running, podIP: 10.0.0.4, conditions: [{type: Ready, status: 'True'}]}
---
kind: Service
metadata: {name: web}
spec: {selector: SELECTOR, ports: [{port: 80, targetPort: TARGET, protocol: PROTOCOL}]}
---
kind: Endpoints
metadata: {name: web}
subsets: SUBSETS
"""
SERVED = "[{addresses: [{ip: 10.0.0.4, targetRef: {kind: Pod, name: web-0}}], ports: [{port: 8080}]}]"


def _causes(
    selector: str = "{app: web}", target: str = "8080", protocol: str = "TCP", subsets: str = SERVED, more: str = ""
) -> list[tuple[str, str]]:
    text = SHOP.replace("SELECTOR", selector).replace("TARGET", target).replace("PROTOCOL", protocol)
    diagnosis = diagnose(snapshot_of(text.replace("SUBSETS", subsets) + more), Incident())
    return [(cause.rule, str(cause.subject)) for cause in diagnosis.root_causes]


def test_a_service_that_leads_to_its_pods_is_quiet() -> None:
    assert _causes() == []
    assert _causes(target="http") == []


def test_a_selector_that_nothing_bears_is_the_services_fault() -> None:
    assert _causes(selector="{app: website}", subsets="[]") == [("service_selects_no_pods", "Service shop/web")]


@pytest.mark.parametrize("target", ["9090", "grpc"])
def test_a_target_port_that_nobody_listens_on_is_named(target: str) -> None:
    subsets = SERVED if target.isdigit() else "[]"
    assert ("service_targets_wrong_port", "Service shop/web") in _causes(target=target, subsets=subsets)


def test_udp_before_a_tcp_server_is_a_wrong_protocol() -> None:
    assert _causes(protocol="UDP") == [("service_uses_wrong_protocol", "Service shop/web")]


STRANGER = """
---
kind: Pod
metadata:
  name: exporter-0
  labels: {app: web}
  ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: exporter, controller: true}]
spec: {nodeName: n1, containers: [{name: exporter, ports: [{containerPort: 9100}]}]}
status: {phase: Running, podIP: 10.0.0.5, conditions: [{type: Ready, status: 'True'}]}
"""


def test_pods_of_a_stranger_among_the_endpoints_are_found() -> None:
    assert _causes(more=STRANGER) == [("service_selects_several_workloads", "Service shop/web")]
    canary = STRANGER.replace("9100", "8080")
    assert _causes(more=canary) == [], "two workloads that serve alike are a canary"
    unready = STRANGER.replace("status: 'True'", "status: 'False'")
    assert "service_selects_several_workloads" not in {rule for rule, _ in _causes(more=unready)}


def test_endpoints_of_pods_that_are_gone_are_nobodys() -> None:
    gone = SERVED.replace("web-0", "web-old")
    assert _causes(subsets=gone) == [("endpoints_name_pods_that_are_gone", "Service shop/web")]
