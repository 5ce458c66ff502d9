"""NetworkPolicies as they are written, read into values.

What an absent, an empty and a filled list mean differs for each field; that is settled here, once.
Source: kubernetes.io, "Network Policies", and the API reference of networking.k8s.io/v1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network

from pydantic import JsonValue

from cluster_doctor.snapshot.paths import dig, integer, mapping, objects, text, words
from cluster_doctor.snapshot.views import NetworkPolicy

Network = IPv4Network | IPv6Network
Selector = Mapping[str, JsonValue]


class Direction(StrEnum):
    """Which way a connection is opened, seen from the Pod that a policy selects."""

    INGRESS = "Ingress"
    EGRESS = "Egress"


@dataclass(frozen=True)
class PortRange:
    """Ports that a rule opens: all of a protocol where `port` is None, one by name, or `port` to `last`."""

    protocol: str
    port: int | str | None
    last: int | None


@dataclass(frozen=True)
class PeerRule:
    """Whom a rule admits: a block of addresses, or Pods by their labels and those of their namespace.

    Attributes:
        pods: selects Pods; None where only namespaces are selected, so that all their Pods are meant.
        namespaces: selects namespaces; None means that of the policy.
        block: addresses; None where Pods are selected.
        excepted: addresses of the block that are not admitted.
        valid: False for a block that is no network: nobody is admitted by it.
    """

    pods: Selector | None
    namespaces: Selector | None
    block: Network | None = None
    excepted: tuple[Network, ...] = ()
    valid: bool = True


@dataclass(frozen=True)
class TrafficRule:
    """One rule: a connection must meet one of its peers and one of its ports. None admits all of them."""

    peers: tuple[PeerRule, ...] | None
    ports: tuple[PortRange, ...] | None
    path: str


def rules_of(policy: NetworkPolicy, direction: Direction) -> tuple[TrafficRule, ...]:
    """Read a policy's rules for one direction; none at all means that nobody is admitted."""
    field, peers = ("ingress", "from") if direction is Direction.INGRESS else ("egress", "to")
    return tuple(
        TrafficRule(
            peers=tuple(_peer(peer) for _, peer in objects(raw, peers)) or None,
            ports=tuple(_port(port) for _, port in objects(raw, "ports")) or None,
            path=f"spec.{field}[{position}]",
        )
        for position, raw in policy.objects("spec", field)
    )


def _peer(raw: dict[str, JsonValue]) -> PeerRule:
    if isinstance(raw.get("ipBlock"), dict):
        block = _network(text(raw, "ipBlock", "cidr"))
        excepted = tuple(net for cidr in words(raw, "ipBlock", "except") if (net := _network(cidr)))
        return PeerRule(None, None, block, excepted, valid=block is not None)
    return PeerRule(
        pods=mapping(raw, "podSelector") if isinstance(raw.get("podSelector"), dict) else None,
        namespaces=mapping(raw, "namespaceSelector") if isinstance(raw.get("namespaceSelector"), dict) else None,
        valid=isinstance(raw.get("podSelector"), dict) or isinstance(raw.get("namespaceSelector"), dict),
    )


def _network(cidr: str) -> Network | None:
    try:
        return ip_network(cidr, strict=False)
    except ValueError:
        return None


def _port(raw: dict[str, JsonValue]) -> PortRange:
    port = dig(raw, "port")
    number: int | str | None = None
    if isinstance(port, int) and not isinstance(port, bool):
        number = port
    elif isinstance(port, str) and port:
        number = int(port) if port.isdigit() else port
    return PortRange(text(raw, "protocol") or "TCP", number, integer(raw, "endPort") or None)
