"""Services: selectors, ports, endpoints, and Pods of strangers."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.engine import check_all
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


RENDEZVOUS = """
kind: Job
metadata: {name: train, creationTimestamp: '2026-01-01T11:00:00Z'}
spec: {template: {spec: {containers: [{name: app}]}}}
status: STATUS
---
kind: Pod
metadata:
  name: train-a
  labels: {job-name: train}
  creationTimestamp: '2026-01-01T11:00:00Z'
  ownerReferences: [{apiVersion: batch/v1, kind: Job, name: train, controller: true}]
spec: {nodeName: n1, restartPolicy: Never, containers: [{name: app}]}
status: POD
---
kind: Service
metadata: {name: train}
spec: {clusterIP: None, publishNotReadyAddresses: EARLY, selector: {job-name: train}, ports: [{port: 29500}]}
---
{kind: Endpoints, metadata: {name: train}ADDRESSES}
"""
DONE = "{succeeded: 1, conditions: [{type: Complete, status: 'True'}]}"
BEHIND = ", subsets: [{notReadyAddresses: [{ip: 10.0.0.7, targetRef: {kind: Pod, name: train-a}}], ports: [{port: 1}]}]"
ENDED, UNREADY = "{phase: Succeeded}", "{phase: Running, conditions: [{type: Ready, status: 'False'}]}"


@pytest.mark.parametrize(
    ("status", "pod", "early", "addresses", "fires"),
    [
        (DONE, ENDED, "false", "", False),
        ("{active: 1}", UNREADY, "true", BEHIND, False),
        ("{active: 1}", UNREADY, "false", BEHIND, True),
    ],
    ids=["its Job is done", "it leads to Pods before they are ready", "nobody behind it is ready"],
)
def test_a_service_whose_pods_did_their_work_or_need_not_be_ready_is_well(
    status: str, pod: str, early: str, addresses: str, *, fires: bool
) -> None:
    text = RENDEZVOUS.replace("STATUS", status).replace("POD", pod).replace("EARLY", early)
    symptoms = {finding.rule for finding in check_all(snapshot_of(text.replace("ADDRESSES", addresses))).findings}
    assert ("service_has_no_ready_endpoints" in symptoms) == fires
