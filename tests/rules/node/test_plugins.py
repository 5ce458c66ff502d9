"""What waits for a node's plugins is explained by the Pods that bring them."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of
from rules.causes import causes_of

PLUGIN = """
kind: DaemonSet
metadata: {name: plugin, namespace: vendor-system}
spec: {selector: {matchLabels: {app: plugin}}, template: {metadata: {labels: {app: plugin}}, spec: {containers: []}}}
status: {desiredNumberScheduled: 1, currentNumberScheduled: 1, numberReady: 0, numberUnavailable: 1}
---
kind: Pod
metadata:
  name: plugin-x7k2p
  namespace: vendor-system
  labels: {app: plugin}
  creationTimestamp: '2026-01-01T08:00:00Z'
  ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: plugin, controller: true}]
spec:
  nodeName: NODE
  containers: [{name: agent, image: 'registry.example.com/acme/plugin:1'}]
  volumes: [{name: dir, hostPath: {path: PATH}}]
status:
  phase: Running
  conditions: [{type: Ready, status: 'COND', lastTransitionTime: '2026-01-01T11:00:00Z'}]
  containerStatuses: [{name: agent, ready: READY, restartCount: COUNT, state: STATE}]
"""
CRASHES = "{waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1, reason: Error}}"
RUNS = "{running: {startedAt: '2026-01-01T08:00:00Z'}}"
WAITS = """
---
kind: Pod
metadata: {name: web-0, namespace: shop, creationTimestamp: '2026-01-01T11:30:00Z'}
spec: {nodeName: n1, containers: [{name: app, resources: {limits: {acme.example/gpu: 1}}}]}
status:
  phase: Pending
  conditions: [{type: Ready, status: 'False'}]
  containerStatuses: [{name: app, ready: false, state: {waiting: {reason: ContainerCreating}}}]
---
kind: Event
metadata: {name: e1, namespace: shop}
involvedObject: {kind: Pod, name: web-0, namespace: shop}
reason: REASON
type: Warning
message: 'SAYS'
lastTimestamp: '2026-01-01T11:59:00Z'
"""
NO_SOCKET = 'plugin type="acme" name="acme" failed (add): dial unix /run/acme.sock: connect: connection refused'
NO_DRIVER = (
    'MountVolume.MountDevice failed for volume "v": driver name disks.acme.example not found in the list of registered '
    "CSI drivers"
)


def _plugin(path: str, node: str = "n1", *, well: bool = False) -> str:
    text = PLUGIN.replace("PATH", path).replace("NODE", node).replace("COUNT", "0" if well else "9")
    return (
        text.replace("STATE", RUNS if well else CRASHES).replace("READY", str(well).lower()).replace("COND", str(well))
    )


def _waits(reason: str, says: str) -> str:
    return WAITS.replace("REASON", reason).replace("SAYS", says)


@pytest.mark.parametrize(
    ("path", "reason", "says"),
    [
        ("/etc/cni/net.d", "FailedCreatePodSandBox", NO_SOCKET),
        ("/var/lib/rancher/k3s/agent/opt/cni/bin", "FailedCreatePodSandBox", NO_SOCKET),
        ("/var/lib/kubelet/plugins_registry/", "FailedMount", NO_DRIVER),
    ],
)
def test_the_pod_that_brings_the_plugin_is_the_origin(path: str, reason: str, says: str) -> None:
    assert [name for _, name in causes_of(_plugin(path) + _waits(reason, says))] == ["plugin"]


@pytest.mark.parametrize(
    ("plugin", "reason", "says", "expected"),
    [
        (_plugin("/etc/cni/net.d", well=True), "FailedCreatePodSandBox", NO_SOCKET, "sandbox_cannot_be_created"),
        (_plugin("/etc/cni/net.d", node="n2"), "FailedCreatePodSandBox", NO_SOCKET, "sandbox_cannot_be_created"),
        (_plugin("/var/log"), "FailedCreatePodSandBox", NO_SOCKET, "sandbox_cannot_be_created"),
        (_plugin("/var/lib/kubelet/plugins_registry", well=True), "FailedMount", NO_DRIVER, "volume_cannot_be_mounted"),
    ],
    ids=["it is well", "on another node", "no plugin", "driver is well"],
)
def test_what_no_failing_plugin_explains_stays_a_cause(plugin: str, reason: str, says: str, expected: str) -> None:
    assert expected in [rule for rule, _ in causes_of(plugin + _waits(reason, says))]


UNPLACED = """
---
kind: Pod
metadata: {name: llm-0, namespace: shop, creationTimestamp: '2026-01-01T11:30:00Z'}
spec: {containers: [{name: app, resources: {limits: {'RESOURCE': 1}}}]}
status:
  phase: Pending
  conditions:
  - {type: PodScheduled, status: 'False', reason: Unschedulable,
     message: '0/1 nodes are available: 1 Insufficient RESOURCE.'}
---
{kind: Node, metadata: {name: n1}, status: {allocatable: {cpu: '4'}, conditions: [{type: Ready, status: 'True'}]}}
"""


@pytest.mark.parametrize(
    ("resource", "expected"),
    [("acme.example/gpu", "process_ends_by_itself"), ("other.example/gpu", "extended_resource_fits_no_node")],
)
def test_a_device_is_missed_for_the_plugin_of_its_vendor_alone(resource: str, expected: str) -> None:
    text = _plugin("/var/lib/kubelet/device-plugins") + UNPLACED.replace("RESOURCE", resource)
    rules = [rule for rule, _ in causes_of(text)]
    assert expected in rules
    assert ("extended_resource_fits_no_node" in rules) == (expected == "extended_resource_fits_no_node")


@pytest.mark.parametrize(
    "says",
    [
        "add cmd: failed to assign an IP address to container",
        "Failed to allocate address: No available addresses",
        "no IP addresses available in range set: 10.1.0.1-10.1.0.254",
        "no more free affine blocks and strict affinity enabled",
        "unable to allocate IP via local cilium agent: No more IPs available",
        "unable to allocate IP via local cilium agent: range is full",
        "Could not allocate IP in range: ip: 10.2.0.1 / - 10.2.0.30",
    ],
)
def test_whatever_manages_addresses_is_understood_when_it_has_none_left(says: str) -> None:
    (cause,) = diagnose(snapshot_of(_waits("FailedCreatePodSandBox", says).lstrip("\n-")), Incident()).root_causes
    assert cause.rule == "sandbox_cannot_be_created"
    assert "no addresses are left" in cause.statement


HANDLER = 'failed to get sandbox runtime: no runtime for "runsc" is configured'


def test_a_handler_that_the_node_does_not_know_is_the_fault_of_its_runtime_class() -> None:
    text = _waits("FailedCreatePodSandBox", HANDLER).lstrip("\n-").replace("{nodeName: n1", "{CLASSnodeName: n1")
    assert causes_of(text.replace("CLASS", "runtimeClassName: gvisor, ")) == [("sandbox_cannot_be_created", "gvisor")]
    assert causes_of(text.replace("CLASS", "")) == [("sandbox_cannot_be_created", "n1")]


TAINTED = """
---
kind: Node
metadata: {name: n1}
spec: {taints: [{key: KEY, effect: NoSchedule}]}
status: {allocatable: {cpu: '4', memory: 8Gi, pods: '110'}, conditions: [{type: Ready, status: 'True'}]}
---
kind: Pod
metadata: {name: llm-0, namespace: shop, creationTimestamp: '2026-01-01T11:30:00Z'}
spec: {containers: [{name: app}]}
status:
  phase: Pending
  conditions:
  - {type: PodScheduled, status: 'False', reason: Unschedulable,
     message: '0/1 nodes are available: 1 node(s) had untolerated taint {KEY: }.'}
"""
UNINITIALISED = "node.cloudprovider.kubernetes.io/uninitialized"


@pytest.mark.parametrize(
    ("plugin", "key", "explained"),
    [
        (_plugin("/var/log").replace("plugin-x7k2p", "cloud-controller-manager-x7k2p"), UNINITIALISED, True),
        (_plugin("/var/log"), UNINITIALISED, False),
        (_plugin("/etc/cni/net.d"), "node.cilium.io/agent-not-ready", True),
        (_plugin("/etc/cni/net.d", well=True), "node.cilium.io/agent-not-ready", False),
        (_plugin("/var/lib/kubelet/plugins_registry"), "disks.example.com/agent-not-ready", True),
        (_plugin("/var/lib/kubelet/plugins_registry"), "dedicated", False),
    ],
)
def test_a_start_up_taint_is_explained_by_what_should_take_it_off(plugin: str, key: str, *, explained: bool) -> None:
    rules = [rule for rule, _ in causes_of(plugin + TAINTED.replace("KEY", key))]
    assert ("taint_is_not_tolerated" in rules) != explained
