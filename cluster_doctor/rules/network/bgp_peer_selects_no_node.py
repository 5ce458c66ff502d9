"""A BGP peering of Calico with nobody."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.network.calico_selectors import selects
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom, Node

GROUPS = frozenset({"crd.projectcalico.org", "projectcalico.org"})


@rule(Severity.CRITICAL, subject=Custom, needs=(Node,))
def bgp_peer_selects_no_node(peer: Custom, cluster: ClusterSnapshot) -> Matches:
    """Calico's BGPPeer selects its nodes or its route reflectors by labels that no node has.

    Why it matters:
        No routes are exchanged, and traffic between nodes is lost while every Pod runs and is ready.

    Fires on:
        apiVersion: crd.projectcalico.org/v1
        kind: BGPPeer
        metadata: {name: reflectors}
        spec: {nodeSelector: all(), peerSelector: 'route-reflector == ''true'''}
        ---
        {kind: Node, metadata: {name: n1}}

    Stays quiet on:
        apiVersion: crd.projectcalico.org/v1
        kind: BGPPeer
        metadata: {name: reflectors}
        spec: {nodeSelector: all(), peerSelector: 'route-reflector == ''true'''}
        ---
        {kind: Node, metadata: {name: n1, labels: {route-reflector: 'true'}}}

    Remedy:
        Label the nodes again, or correct the selector.

    References:
        https://docs.tigera.io/calico/latest/reference/resources/bgppeer
    """
    if peer.ref.kind != "BGPPeer" or peer.ref.group not in GROUPS or peer.deleted_at:
        return
    nodes = list(cluster.all(Node))
    for field in ("peerSelector", "nodeSelector"):
        selector = peer.text("spec", field)
        if not selector or not nodes or any(selects(selector, node.labels) is not False for node in nodes):
            continue
        yield Match(
            message=f"BGPPeer {peer.name} has {field} {selector!r}, which none of {len(nodes)} nodes matches",
            evidence=(peer.cite(f"spec.{field}"),),
            blame=peer.ref,
            effects=tuple(Effect(EffectKind.NODE_NETWORK_IMPAIRED, node.ref) for node in nodes),
            about=field,
            facts=(("selector", selector),),
        )
