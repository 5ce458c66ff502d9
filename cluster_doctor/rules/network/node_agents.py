"""Pods that give a node its network, as their projects label and name them, and by what they mount.

Sources: the manifests of Calico and its operator (`calico-node`), Cilium and GKE's dataplane V2 (`k8s-app: cilium`,
`anetd`), Flannel (`kube-flannel-ds`), kind (`kindnet`), the Amazon VPC plugin (`aws-node`), Azure (`azure-cns`,
`azure-npm`), GKE (`netd`), Antrea, Weave, kube-router, OVN-Kubernetes, and kubeadm's kube-proxy.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.rules.node.plugins import Plugin, plugs_in
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Node, Pod

_AGENT_LABELS = (
    ("k8s-app", frozenset({"calico-node", "cilium", "flannel", "kindnet", "aws-node", "azure-cns", "azure-npm",
                           "netd", "kube-router"})),
    ("app", frozenset({"flannel", "kindnet", "ovnkube-node", "multus"})),
    ("app.kubernetes.io/name", frozenset({"cilium-agent", "aws-node"})),
    ("component", frozenset({"antrea-agent"})),
    ("name", frozenset({"weave-net"})),
)  # fmt: skip
_PROXY_LABELS = (("k8s-app", frozenset({"kube-proxy"})), ("component", frozenset({"kube-proxy"})))

_AGENT_NAMES = re.compile(
    r"(?:calico-node|cilium|anetd|kube-flannel-ds|kindnet|aws-node|azure-cns|azure-npm|netd|antrea-agent|weave-net"
    r"|kube-router|ovnkube-node|canal)-[a-z0-9]{5}"
)
_PROXY_NAMES = re.compile(r"kube-proxy-.+")

_NAMESPACES = frozenset(
    {"kube-system", "calico-system", "kube-flannel", "cilium", "openshift-ovn-kubernetes", "openshift-multus"}
)
"""Where names alone are taken for these Pods; elsewhere anybody may call a Pod so."""

PATIENCE = timedelta(minutes=2)
"""How long an agent may take to become ready: a rolling update restarts it on each node in turn."""


def is_network_agent(pod: Pod) -> bool:
    """Tell whether a Pod is the network plugin's agent on its node."""
    return _is(pod, _AGENT_LABELS, _AGENT_NAMES) or plugs_in(pod, Plugin.NETWORK)


def is_service_proxy(pod: Pod) -> bool:
    """Tell whether a Pod is the kube-proxy of its node; on some clusters the kubelet runs it by itself."""
    return _is(pod, _PROXY_LABELS, _PROXY_NAMES)


def _is(pod: Pod, labels: tuple[tuple[str, frozenset[str]], ...], names: re.Pattern[str]) -> bool:
    if pod.controller is not None and pod.controller.kind not in {"DaemonSet", "Node"}:
        return False
    if pod.namespace not in _NAMESPACES:
        return False
    return any(pod.labels.get(key) in values for key, values in labels) or bool(names.fullmatch(pod.name))


def unready_since(pod: Pod, now: datetime) -> tuple[bool, datetime | None]:
    """Tell whether a Pod on a node has not been ready for long, and since when."""
    if not pod.expected_to_run or not pod.node_name or pod.ready:
        return False, None
    condition = pod.condition("Ready")
    known = bool(condition) or any(container.status for container in pod.containers)
    since = parse_time(condition.get("lastTransitionTime")) or pod.created_at
    return known and (since is None or now - since > PATIENCE), since


def state_of(pod: Pod) -> str:
    """Say how an unready Pod fares: `container agent waits (CrashLoopBackOff)`."""
    for container in pod.blocked_containers():
        if container.waiting:
            return f"container {container.name} waits ({container.waiting}), {container.restarts} restarts"
        return f"container {container.name} is not ready, {container.restarts} restarts"
    return f"it is {pod.phase or 'not ready'}"


def unready_path(pod: Pod) -> str:
    """Where it is written that a Pod is not ready."""
    if pod.condition("Ready"):
        return f"{pod.condition_path('Ready')}.status"
    blocked = next(pod.blocked_containers(), None)
    return f"{blocked.status_path}.ready" if blocked else "status.phase"


def brought_about(pod: Pod) -> tuple[Effect, ...]:
    """What a node suffers without its agent."""
    return (Effect(EffectKind.NODE_NETWORK_IMPAIRED, Node.ref_to(None, pod.node_name)),)


def yields_to(pod: Pod, cluster: ClusterSnapshot) -> tuple[Effect, ...]:
    """What explains an agent that is not ready: its node is down, or its container has a reason to fail."""
    return (
        Effect(EffectKind.NODE_NOT_READY, Node.ref_to(None, pod.node_name)),
        Effect(EffectKind.CONTAINER_CRASHING, pod.ref),
        Effect(EffectKind.POD_NOT_STARTED, pod.ref),
        Effect(EffectKind.POD_EVICTED, pod.ref),
    )
