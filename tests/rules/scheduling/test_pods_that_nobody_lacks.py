"""Pods that a DaemonSet made for a node which was tainted against them before they started."""

from __future__ import annotations

from rules.causes import causes_of

NODE = """
kind: Node
metadata: {name: n3, labels: {kubernetes.io/hostname: n3}}
spec: {taints: [{key: dedicated, value: gpu, effect: NoSchedule}]}
status: {allocatable: {cpu: '4', memory: 8Gi, pods: '110'}, conditions: [{type: Ready, status: 'True'}]}
---
kind: DaemonSet
metadata: {name: meter}
spec: {selector: {matchLabels: {app: meter}}, template: {metadata: {labels: {app: meter}}, spec: {containers: []}}}
status: {desiredNumberScheduled: 2, currentNumberScheduled: 2, numberReady: 2, numberMisscheduled: 1}
"""
WAITING = """
---
kind: Pod
metadata:
  name: meter-x7k2p
  labels: {app: meter}
  creationTimestamp: '2025-12-30T12:00:00Z'
  ownerReferences: [{apiVersion: apps/v1, kind: OWNER, name: meter, controller: true}]
spec:
  containers: [{name: meter}]
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [n3]}]}]
status:
  phase: Pending
  conditions:
  - type: PodScheduled
    status: 'False'
    reason: Unschedulable
    message: '0/3 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu},
      2 node(s) didn''t match Pod''s node affinity/selector.'
"""


def test_a_daemon_set_lacks_no_pod_on_a_node_that_was_tainted_against_it() -> None:
    assert causes_of(NODE + WAITING.replace("OWNER", "DaemonSet")) == []


def test_any_other_pod_on_such_a_node_is_lacking() -> None:
    found = causes_of(NODE + WAITING.replace("OWNER", "StatefulSet"))
    assert [rule for rule, _ in found] == ["taint_is_not_tolerated"]


def test_a_daemon_set_that_tolerates_the_taint_is_kept_off_by_something_else() -> None:
    busy = NODE.replace("cpu: '4'", "cpu: '1'")
    wants = WAITING.replace(
        "containers: [{name: meter}]",
        "tolerations: [{key: dedicated, operator: Exists}]\n"
        "  containers: [{name: meter, resources: {requests: {cpu: '2'}}}]",
    ).replace("1 node(s) had untolerated taint {dedicated: gpu}", "1 Insufficient cpu")
    assert [rule for rule, _ in causes_of(busy + wants.replace("OWNER", "DaemonSet"))] == ["cpu_request_fits_no_node"]
