"""The two ends of a connection, as NetworkPolicies tell them apart."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from pydantic import JsonValue

from cluster_doctor.rules.network.policy import PeerRule, PortRange, Selector
from cluster_doctor.snapshot.paths import objects, strings, text
from cluster_doctor.snapshot.selectors import matches_expression, matches_selector
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Namespace, NetworkPolicy, Pod

OWN_NAME = "kubernetes.io/metadata.name"
"""The label by which every namespace carries its own name; the API server keeps it so."""


@dataclass(frozen=True)
class PodPeer:
    """A Pod of the snapshot."""

    pod: Pod


@dataclass(frozen=True)
class OutsidePeer:
    """An address that belongs to no Pod: something outside the cluster, or another node."""

    address: str


@dataclass(frozen=True)
class UnreadPeer:
    """A Pod that nobody collected: whatever depends on its labels or ports is unknown."""

    namespace: str


Peer = PodPeer | OutsidePeer | UnreadPeer


def admits(rule: PeerRule, peer: Peer, policy: NetworkPolicy, cluster: ClusterSnapshot) -> bool | None:
    """Tell whether a policy's peer rule means a peer; None where that depends on what nobody read.

    Whether a block of addresses also means the Pods that bear them is left to the network plugin: Calico says
    yes, Cilium no. So it is unknown here.
    """
    if not rule.valid:
        return False
    match peer:
        case OutsidePeer(address):
            return rule.block is not None and _within(rule, address)
        case UnreadPeer(namespace):
            if rule.block is not None:
                return None
            lives = _namespace_meant(rule, namespace, policy, cluster)
            return None if lives and rule.pods else lives
        case PodPeer(pod):
            return _admits_pod(rule, pod, policy, cluster)


def _admits_pod(rule: PeerRule, pod: Pod, policy: NetworkPolicy, cluster: ClusterSnapshot) -> bool | None:
    """Judge a Pod; one with its node's network looks like the node, and whether selectors mean it is not defined."""
    if rule.block is not None:
        if pod.ip and not _within(rule, pod.ip):
            return False
        return True if pod.ip and pod.spec.host_network else None
    if rule.pods and not matches_selector(rule.pods, pod.labels):
        return False
    lives = _namespace_meant(rule, pod.namespace or "", policy, cluster)
    return None if lives and pod.spec.host_network else lives


def opens(ports: PortRange, port: int | str, protocol: str, target: Peer) -> bool | None:
    """Tell whether a port rule means a port of the connection's target, which a name is looked up on."""
    if ports.protocol != protocol:
        return False
    if ports.port is None:
        return True
    number = _number(port, target, protocol)
    opened = _number(ports.port, target, protocol)
    if isinstance(port, str) and port == ports.port:
        return True
    if isinstance(target, UnreadPeer) and (isinstance(ports.port, str) or isinstance(port, str)):
        return None
    if number is None or opened is None:
        return False
    return opened <= number <= (ports.last or opened)


def _number(port: int | str, target: Peer, protocol: str) -> int | None:
    if isinstance(port, int):
        return port
    if not isinstance(target, PodPeer):
        return None
    declared = (entry for container in target.pod.containers for entry in container.ports)
    return next((entry.number for entry in declared if entry.name == port and entry.protocol == protocol), None)


def _within(rule: PeerRule, address: str) -> bool:
    try:
        here = ip_address(address)
    except ValueError:
        return False
    return rule.block is not None and here in rule.block and not any(here in block for block in rule.excepted)


def _namespace_meant(rule: PeerRule, namespace: str, policy: NetworkPolicy, cluster: ClusterSnapshot) -> bool | None:
    if rule.namespaces is None:
        return namespace == policy.namespace
    known = cluster.get(Namespace, None, namespace)
    if known is not None:
        return matches_selector(rule.namespaces, {OWN_NAME: namespace, **known.labels})
    return _matches_by_name_alone(rule.namespaces, namespace)


def _matches_by_name_alone(selector: Selector, namespace: str) -> bool | None:
    """Judge a namespace whose labels nobody read by the one label that it is sure to have."""
    undecided = False
    for key, value in strings(selector, "matchLabels").items():
        if key == OWN_NAME and value != namespace:
            return False
        undecided |= key != OWN_NAME
    expressions: list[dict[str, JsonValue]] = [entry for _, entry in objects(selector, "matchExpressions")]
    for expression in expressions:
        if text(expression, "key") != OWN_NAME:
            undecided = True
        elif not matches_expression(expression, {OWN_NAME: namespace}):
            return False
    return None if undecided else True
