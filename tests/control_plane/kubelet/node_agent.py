"""What the simulated kubelets of all nodes share."""

from __future__ import annotations

import collections
import threading
import time

from control_plane.kubelet.api import MERGE, Api, Json, micro_stamp, stamp
from control_plane.kubelet.behaviour import notes_of, parse
from control_plane.kubelet.recorder import Recorder

LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
_PRESSURES = (
    (
        "MemoryPressure",
        "memorypressure",
        "KubeletHasInsufficientMemory",
        "KubeletHasSufficientMemory",
        "memory available",
    ),
    ("DiskPressure", "diskpressure", "KubeletHasDiskPressure", "KubeletHasNoDiskPressure", "disk pressure"),
    ("PIDPressure", "pidpressure", "KubeletHasInsufficientPID", "KubeletHasSufficientPID", "PID available"),
)
_NO_NETWORK = (
    "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady "
    "message:Network plugin returns error: cni plugin not initialized"
)


class NodeAgents:
    """Registers nodes, keeps them alive, and hands out addresses."""

    def __init__(self, api: Api, count: int, speed: float, port: int) -> None:
        self.api, self.speed, self.port = api, speed, port
        self.names = [f"node-{number}" for number in range(1, count + 1)]
        self.recorders = {name: Recorder(api, name) for name in self.names}
        self.images: set[tuple[str, str]] = set()
        self.nodes: dict[str, Json] = {}
        self._lock = threading.Lock()
        self._addresses: collections.Counter[str] = collections.Counter()
        self._evicted: dict[str, set[str]] = collections.defaultdict(set)
        self._looked_up: dict[tuple[str, str, str], tuple[float, Json | None]] = {}

    def lookup(self, namespace: str, plural: str, name: str) -> Json | None:
        """Find a ConfigMap or Secret; answers are kept for half a second."""
        key = (namespace, plural, name)
        known = self._looked_up.get(key)
        if known is None or time.monotonic() - known[0] > 0.5:
            found = self.api.send("GET", f"/api/v1/namespaces/{namespace}/{plural}/{name}")
            known = self._looked_up[key] = (time.monotonic(), found)
        return known[1]

    def address(self, node: str, pod: Json) -> str:
        """Give a Pod an address of its node's range."""
        if pod["spec"].get("hostNetwork"):
            return "127.0.0.1"
        cidr = self.nodes.get(node, {}).get("spec", {}).get("podCIDR") or f"10.244.{self.names.index(node)}.0/24"
        with self._lock:
            self._addresses[node] += 1
            number = self._addresses[node]
        first, second, third, _ = cidr.split("/")[0].split(".")
        return f"{first}.{second}.{third}.{number % 253 + 1}"

    def may_evict(self, owner: str, uid: str, most: int) -> bool:
        """Whether a Pod is among the few of its owner that are evicted."""
        with self._lock:
            if uid not in self._evicted[owner] and len(self._evicted[owner]) < most:
                self._evicted[owner].add(uid)
            return uid in self._evicted[owner]

    def lost(self, node: str) -> bool:
        """Whether a node has gone silent."""
        return self._direction(node) == "lost"

    def _direction(self, node: str) -> str:
        known = self.nodes.get(node)
        return parse(notes_of(known).get("sim/node", "ready")).kind if known else "ready"

    def register(self, number: int, name: str) -> None:
        """Create the Node."""
        labels = {
            "kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux", "kubernetes.io/hostname": name,
            "topology.kubernetes.io/zone": f"zone-{'abc'[number % 3]}",
        }  # fmt: skip
        body = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}, "status": {}}
        self.nodes[name] = (
            self.api.send("GET", f"/api/v1/nodes/{name}") or self.api.send("POST", "/api/v1/nodes", body) or {}
        )
        self.report(name)
        self.renew(name)

    def report(self, name: str) -> None:
        """Write the Node's status."""
        if self.lost(name):
            return
        capacity = {"cpu": "8", "memory": "32Gi", "pods": "3000", "ephemeral-storage": "100Gi"}
        status = {
            "capacity": capacity,
            "allocatable": capacity,
            "conditions": self._conditions(name),
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}, {"type": "Hostname", "address": name}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": self.port}},
            "nodeInfo": {
                "machineID": "", "systemUUID": "", "bootID": "", "kernelVersion": "6.1.0", "osImage": "Debian 12",
                "containerRuntimeVersion": "containerd://2.1.4", "kubeletVersion": "v1.36.3", "kubeProxyVersion": "",
                "operatingSystem": "linux", "architecture": "amd64",
            },
        }  # fmt: skip
        answer = self.api.send("PATCH", f"/api/v1/nodes/{name}/status", {"status": status}, MERGE)
        if answer:
            self.nodes[name] = answer

    def _conditions(self, name: str) -> list[Json]:
        direction, now = self._direction(name), stamp(time.time())
        before = {row["type"]: row for row in self.nodes.get(name, {}).get("status", {}).get("conditions", [])}
        rows = []
        for kind, word, bad, good, what in _PRESSURES:
            on = direction == word
            rows.append(
                (kind, "True" if on else "False", bad if on else good, f"kubelet {'lacks' if on else 'has'} {what}")
            )
        if direction == "notready":
            rows.append(("Ready", "False", "KubeletNotReady", _NO_NETWORK))
        else:
            rows.append(("Ready", "True", "KubeletReady", "kubelet is posting ready status"))
        return [
            {
                "type": kind, "status": status, "reason": reason, "message": message, "lastHeartbeatTime": now,
                "lastTransitionTime": before[kind]["lastTransitionTime"]
                if kind in before and before[kind]["status"] == status
                else now,
            }
            for kind, status, reason, message in rows
        ]  # fmt: skip

    def renew(self, name: str) -> None:
        """Renew the Node's lease."""
        if self.lost(name):
            return
        spec = {"holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": micro_stamp(time.time())}
        if self.api.send("PATCH", f"{LEASES}/{name}", {"spec": spec}, "application/merge-patch+json") is None:
            metadata = {"name": name, "namespace": "kube-node-lease"}
            lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata, "spec": spec}
            self.api.send("POST", LEASES, lease)

    def heard(self, change: str, node: Json) -> None:
        """Take a Node as the API shows it; a new stage direction is obeyed at once."""
        name = node["metadata"]["name"]
        if name not in self.recorders or change == "DELETED":
            return
        before = self._direction(name)
        self.nodes[name] = node
        if self._direction(name) != before:
            self.report(name)
