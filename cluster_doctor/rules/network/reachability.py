"""Answers "may A reach B on port P, and which policy says so".

A connection must be allowed twice: by the policies that select its source for egress, and by those that select
its target for ingress. A Pod that no policy selects for a direction is open in it; of those that select it, one
that admits the connection is enough. Source: kubernetes.io, "The two sorts of pod isolation".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cluster_doctor.rules.network.peers import OutsidePeer, Peer, PodPeer, UnreadPeer, admits, opens
from cluster_doctor.rules.network.policy import Direction, TrafficRule, rules_of
from cluster_doctor.snapshot.selectors import matches_selector
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom, NetworkPolicy, Pod

_OVERRULING = frozenset({"crd.projectcalico.org", "projectcalico.org", "cilium.io", "policy.networking.k8s.io"})
"""API groups whose own policies can allow what a NetworkPolicy does not."""


class Access(StrEnum):
    """Whether a connection may be opened."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Passage:
    """The answer.

    Attributes:
        access: the verdict.
        reason: what it rests on, in words.
        direction: the side that denies or is unknown; None where it is allowed.
        policies: where it is denied, those that isolate the Pod and admit nobody such; where it is allowed,
            those that admit it, none where nothing isolates either end.
    """

    access: Access
    reason: str
    direction: Direction | None = None
    policies: tuple[NetworkPolicy, ...] = ()


@dataclass(frozen=True)
class Connection:
    """A connection that somebody wants: `port` is a number or name on the target itself."""

    source: Peer
    target: Peer
    port: int | str
    protocol: str

    def near_end(self, direction: Direction) -> Peer:
        """Whom policies of a direction select."""
        return self.source if direction is Direction.EGRESS else self.target

    def far_end(self, direction: Direction) -> Peer:
        """Whom their rules speak of."""
        return self.target if direction is Direction.EGRESS else self.source


def may_reach(
    source: Peer, target: Peer, port: int | str, cluster: ClusterSnapshot, *, protocol: str = "TCP"
) -> Passage:
    """Judge a connection.

    Args:
        source: who opens it.
        target: who is to accept it.
        port: number or name of the port on the target itself, not that of a Service before it.
        cluster: the picture with the policies.
        protocol: TCP, UDP or SCTP.
    """
    if isinstance(source, PodPeer) and isinstance(target, PodPeer) and source.pod.ref == target.pod.ref:
        return Passage(Access.ALLOWED, "a Pod always reaches itself")
    wish = Connection(source, target, port, protocol)
    sides = [_side(direction, wish, cluster) for direction in (Direction.EGRESS, Direction.INGRESS)]
    for wanted in (Access.DENIED, Access.UNKNOWN):
        for passage in sides:
            if passage.access is wanted:
                return passage
    policies = tuple(policy for passage in sides for policy in passage.policies)
    return Passage(Access.ALLOWED, "; ".join(passage.reason for passage in sides), None, policies)


def isolating(pod: Pod, direction: Direction, cluster: ClusterSnapshot) -> list[NetworkPolicy]:
    """List the policies that select a Pod for a direction, by name."""
    found = [
        policy
        for policy in cluster.within(NetworkPolicy, pod.namespace)
        if direction in policy.directions and matches_selector(policy.pod_selector, pod.labels)
    ]
    return sorted(found, key=lambda policy: policy.name)


def _side(direction: Direction, wish: Connection, cluster: ClusterSnapshot) -> Passage:
    match wish.near_end(direction):
        case OutsidePeer():
            return Passage(Access.ALLOWED, "no policy selects what is outside the cluster")
        case UnreadPeer(namespace):
            if cluster.covers(NetworkPolicy, namespace) and not any(
                direction in policy.directions for policy in cluster.within(NetworkPolicy, namespace)
            ):
                return Passage(Access.ALLOWED, f"no policy in {namespace} isolates for {direction.value.lower()}")
            return Passage(Access.UNKNOWN, f"the Pod in {namespace} was not read", direction)
        case PodPeer(pod):
            return _isolated(pod, direction, wish, cluster)


def _isolated(pod: Pod, direction: Direction, wish: Connection, cluster: ClusterSnapshot) -> Passage:
    if pod.spec.host_network:
        return Passage(Access.ALLOWED, f"Pod {pod.name} uses its node's network, which policies do not isolate")
    if _same_node(pod, wish.far_end(direction)):
        return Passage(Access.ALLOWED, f"a node always exchanges traffic with its own Pod {pod.name}")
    selecting = isolating(pod, direction, cluster)
    verdicts = [(policy, _policy_admits(policy, direction, wish, cluster)) for policy in selecting]
    admitting = tuple(policy for policy, verdict in verdicts if verdict is True)
    word = direction.value.lower()
    if admitting:
        return Passage(Access.ALLOWED, f"{word}: {_names(admitting)} admits it", None, admitting)
    if not cluster.covers(NetworkPolicy, pod.namespace):
        return Passage(Access.UNKNOWN, f"the policies of {pod.namespace} were not all read", direction)
    if not selecting:
        return Passage(Access.ALLOWED, f"{word}: no policy selects Pod {pod.name}")
    open_ends = tuple(policy for policy, verdict in verdicts if verdict is None)
    if open_ends:
        return Passage(
            Access.UNKNOWN, f"{word}: whether {_names(open_ends)} admits it was not read", direction, open_ends
        )
    others = [policy for policy in cluster.all(Custom) if _overrules(policy, pod.namespace)]
    if others:
        return Passage(Access.UNKNOWN, f"{word}: {others[0].ref} may allow it", direction, tuple(selecting))
    return Passage(Access.DENIED, f"{word}: {_names(selecting)} isolates Pod {pod.name}", direction, tuple(selecting))


def _policy_admits(
    policy: NetworkPolicy, direction: Direction, wish: Connection, cluster: ClusterSnapshot
) -> bool | None:
    return _any(
        _rule_admits(rule, policy, wish.far_end(direction), wish, cluster) for rule in rules_of(policy, direction)
    )


def _rule_admits(
    rule: TrafficRule, policy: NetworkPolicy, there: Peer, wish: Connection, cluster: ClusterSnapshot
) -> bool | None:
    ports = True
    if rule.ports is not None:
        opened = _any(opens(entry, wish.port, wish.protocol, wish.target) for entry in rule.ports)
        if opened is False:
            return False
        ports = opened is True
    peers = True if rule.peers is None else _any(admits(entry, there, policy, cluster) for entry in rule.peers)
    return peers if ports or peers is False else None


def _any(verdicts: Iterable[bool | None]) -> bool | None:
    """Join alternatives: one that holds is enough, one that is unknown leaves it open."""
    unknown = False
    for verdict in verdicts:
        if verdict:
            return True
        unknown |= verdict is None
    return None if unknown else False


def _same_node(pod: Pod, there: Peer) -> bool:
    """Tell whether the other end is the node that the Pod runs on, seen through a Pod with the node's network."""
    return (
        isinstance(there, PodPeer)
        and there.pod.spec.host_network
        and bool(pod.node_name)
        and there.pod.node_name == pod.node_name
    )


def _overrules(policy: Custom, namespace: str | None) -> bool:
    return (
        policy.ref.group in _OVERRULING
        and policy.ref.kind.endswith("NetworkPolicy")
        and policy.namespace in {None, namespace}
    )


def _names(policies: Iterable[NetworkPolicy]) -> str:
    return ", ".join(str(policy.ref) for policy in policies)
