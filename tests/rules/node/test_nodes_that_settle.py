"""Nodes that are not ready for a moment, or not ready yet."""

from __future__ import annotations

import pytest

from rules.causes import causes_of

NODE = """
kind: Node
metadata: {{name: n1, creationTimestamp: '{created}'}}
status:
  conditions:
  - {{type: Ready, status: '{status}', reason: R, message: '{message}', lastTransitionTime: '{since}'}}
"""
OLD = "2025-06-01T08:00:00Z"
PLEG = "PLEG is not healthy: pleg was last seen active 3m2s ago; threshold is 3m0s"
NO_NETWORK = "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady"


@pytest.mark.parametrize(
    ("created", "since", "message", "status", "expected"),
    [
        (OLD, "2026-01-01T11:59:40Z", PLEG, "False", []),
        (OLD, "2026-01-01T11:57:00Z", PLEG, "False", ["container_runtime_is_down"]),
        (OLD, "2026-01-01T11:59:40Z", "kubelet stopped posting node status.", "Unknown", ["kubelet_is_down"]),
        (OLD, "2026-01-01T11:57:00Z", NO_NETWORK, "False", ["node_network_is_unavailable"]),
        ("2026-01-01T11:57:00Z", "2026-01-01T11:57:00Z", NO_NETWORK, "False", []),
        ("2026-01-01T11:40:00Z", "2026-01-01T11:40:00Z", NO_NETWORK, "False", ["node_network_is_unavailable"]),
    ],
    ids=["a flap", "down for minutes", "silent", "network lost", "joining", "never joined"],
)
def test_only_what_lasts_is_a_fault(created: str, since: str, message: str, status: str, expected: list[str]) -> None:
    node = NODE.format(created=created, since=since, message=message, status=status)
    assert [rule for rule, _ in causes_of(node)] == expected


SOCKET = """
---
kind: Pod
metadata: {name: web-0, creationTimestamp: '2026-01-01T11:58:00Z'}
spec: {nodeName: n1, containers: [{name: app}]}
status:
  phase: Pending
  conditions: [{type: Ready, status: 'False'}]
  containerStatuses: [{name: app, ready: false, state: {waiting: {reason: ContainerCreating}}}]
---
kind: Event
metadata: {name: e1}
involvedObject: {kind: Pod, name: web-0}
reason: FailedCreatePodSandBox
type: Warning
message: 'rpc error: code = Unavailable desc = dial unix /run/PROGRAM/PROGRAM.sock: connect: no such file or directory'
lastTimestamp: '2026-01-01T11:59:30Z'
"""


@pytest.mark.parametrize(
    ("program", "expected"), [("containerd", "container_runtime_is_down"), ("acme", "sandbox_cannot_be_created")]
)
def test_nobody_at_the_socket_of_the_runtime_is_a_fault_at_once(program: str, expected: str) -> None:
    node = NODE.format(created=OLD, since="2026-01-01T11:59:40Z", message="container runtime is down", status="False")
    assert [rule for rule, _ in causes_of(node + SOCKET.replace("PROGRAM", program))] == [expected]


REJECTED = """
kind: Pod
metadata: {{name: web-0, creationTimestamp: '2026-01-01T11:50:00Z'}}
spec: {{nodeName: n1, containers: [{{name: app}}]}}
status: {{phase: Failed, reason: {reason}, message: no, startTime: '2026-01-01T11:50:00Z'}}
"""


@pytest.mark.parametrize("reason", ["SysctlForbidden", "TaintToleration", "PodOSSelectorNodeLabelDoesNotMatch"])
def test_whatever_the_kubelet_rejects_a_pod_for_is_told(reason: str) -> None:
    assert causes_of(REJECTED.format(reason=reason)) == [("pod_is_rejected_by_node", "web-0")]


@pytest.mark.parametrize("reason", ["Terminated", "NodeShutdown", "Shutdown", "DeadlineExceeded"])
def test_a_pod_that_had_its_time_was_not_rejected(reason: str) -> None:
    assert "pod_is_rejected_by_node" not in [rule for rule, _ in causes_of(REJECTED.format(reason=reason))]
