"""What a node suffers whose agents are not ready."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.findings import Finding
from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.engine import run_rules
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.rules.network.network_agent_is_not_ready import network_agent_is_not_ready
from cluster_doctor.rules.network.service_proxy_pod_is_not_ready import service_proxy_pod_is_not_ready

AGENT = """
kind: Pod
metadata:
  name: NAME
  namespace: NAMESPACE
  labels: LABELS
  ownerReferences: [{apiVersion: apps/v1, kind: OWNER, name: agents, controller: true}]
spec: {nodeName: n1, hostNetwork: true, containers: [{name: agent}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'False', lastTransitionTime: '2026-01-01T11:30:00Z'}]
  containerStatuses: [{name: agent, ready: false, restartCount: 9, state: {waiting: {reason: CrashLoopBackOff}}}]
"""


def _agent(labels: str = "{}", name: str = "a-b", namespace: str = "kube-system", owner: str = "DaemonSet") -> str:
    return AGENT.replace("NAMESPACE", namespace).replace("NAME", name).replace("LABELS", labels).replace("OWNER", owner)


def _found(text: str) -> list[Finding]:
    rules = [network_agent_is_not_ready, service_proxy_pod_is_not_ready]
    return list(run_rules(rules, snapshot_of(text)).findings)


@pytest.mark.parametrize(
    ("labels", "name", "rule"),
    [
        ("{k8s-app: calico-node}", "a-b", "network_agent_is_not_ready"),
        ("{k8s-app: cilium}", "anetd-x1x2x", "network_agent_is_not_ready"),
        ("{app: flannel}", "kube-flannel-ds-4k2mm", "network_agent_is_not_ready"),
        ("{}", "kindnet-7hd2q", "network_agent_is_not_ready"),
        ("{k8s-app: aws-node}", "aws-node-zzzzz", "network_agent_is_not_ready"),
        ("{k8s-app: azure-npm}", "azure-npm-abcde", "network_agent_is_not_ready"),
        ("{k8s-app: kube-proxy}", "kube-proxy-q8q8q", "service_proxy_pod_is_not_ready"),
    ],
)
def test_agents_are_known_by_their_projects_labels_and_names(labels: str, name: str, rule: str) -> None:
    (finding,) = _found(_agent(labels, name))
    assert finding.rule == rule
    assert [str(effect) for effect in finding.effects] == ["Node n1: node network impaired"]


def test_a_pod_of_that_name_elsewhere_is_nobodys_agent() -> None:
    assert _found(_agent("{app: flannel}", namespace="shop")) == []
    assert _found(_agent("{k8s-app: cilium}", owner="ReplicaSet")) == []
    assert _found(_agent("{k8s-app: metrics-server}")) == []


def test_a_ready_agent_is_quiet() -> None:
    assert _found(_agent("{k8s-app: cilium}").replace("status: 'False'", "status: 'True'")) == []


def test_a_pod_that_gets_no_network_is_explained_by_its_nodes_agent() -> None:
    stuck = """
---
kind: Pod
metadata: {name: web-0, creationTimestamp: '2026-01-01T11:40:00Z'}
spec: {nodeName: n1, containers: [{name: app}]}
status:
  phase: Pending
  conditions: [{type: Ready, status: 'False'}, {type: PodScheduled, status: 'True'}]
  containerStatuses: [{name: app, ready: false, restartCount: 0, state: {waiting: {reason: ContainerCreating}}}]
---
kind: Event
metadata: {name: e}
type: Warning
reason: FailedCreatePodSandBox
message: 'plugin type="calico" failed (add): stat /var/lib/calico/nodename: no such file or directory'
involvedObject: {kind: Pod, name: web-0}
lastTimestamp: '2026-01-01T11:59:00Z'
"""
    diagnosis = diagnose(snapshot_of(_agent("{k8s-app: calico-node}") + stuck), Incident(namespaces=("shop",)))
    assert diagnosis.root_causes[0].rule == "network_agent_is_not_ready"
    assert "sandbox_cannot_be_created" not in {cause.rule for cause in diagnosis.root_causes}


def test_an_agent_whose_image_is_not_pulled_is_why_its_node_has_no_network() -> None:
    waiting = _agent("{k8s-app: calico-node}").replace(
        "waiting: {reason: CrashLoopBackOff}",
        "waiting: {reason: ImagePullBackOff, message: '429 Too Many Requests: toomanyrequests: limit reached'}",
    )
    node = """
---
kind: Node
metadata: {name: n1, creationTimestamp: '2025-06-01T08:00:00Z'}
status:
  conditions:
  - type: Ready
    status: 'False'
    reason: KubeletNotReady
    message: 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady'
    lastTransitionTime: '2026-01-01T11:30:00Z'
"""
    causes = diagnose(snapshot_of(waiting + node), Incident()).root_causes
    assert [(cause.rule, cause.subject.name) for cause in causes] == [("registry_limits_pulls", "agents")]
