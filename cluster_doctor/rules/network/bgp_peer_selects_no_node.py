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
    """Calico's BGPPeer selects nodes or route reflectors by labels that no node has, and nodes are left without a peer.

    Why it matters:
        No routes are exchanged, and traffic between nodes is lost while every Pod runs and is ready.

    Fires on:
        apiVersion: crd.projectcalico.org/v1
        kind: BGPConfiguration
        metadata: {name: default}
        spec: {nodeToNodeMeshEnabled: false}
        ---
        apiVersion: crd.projectcalico.org/v1
        kind: BGPPeer
        metadata: {name: reflectors}
        spec: {nodeSelector: all(), peerSelector: 'route-reflector == ''true'''}
        ---
        {kind: Node, metadata: {name: n1}}

    Stays quiet on:
        apiVersion: crd.projectcalico.org/v1
        kind: BGPConfiguration
        metadata: {name: default}
        spec: {nodeToNodeMeshEnabled: false}
        ---
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
    if not _is_peer(peer) or not _mesh_is_off(cluster):
        return
    nodes = list(cluster.all(Node))
    field = _void(peer, nodes)
    others = [view for view in cluster.all(Custom) if _is_peer(view) and not _void(view, nodes)]
    alone = [node for node in nodes if not any(_reaches(other, node) for other in others)]
    if not field or not alone:
        return
    selector = peer.text("spec", field)
    yield Match(
        message=f"BGPPeer {peer.name} has {field} {selector!r}, which none of {len(nodes)} nodes matches, "
        f"and {', '.join(node.name for node in alone[:4])} exchange routes with nobody",
        evidence=(peer.cite(f"spec.{field}"), *(node.cite("metadata.labels") for node in alone[:2])),
        blame=peer.ref,
        effects=tuple(Effect(EffectKind.NODE_NETWORK_IMPAIRED, node.ref) for node in alone),
        about=field,
        facts=(("selector", selector),),
    )


def _is_peer(view: Custom) -> bool:
    return view.ref.kind == "BGPPeer" and view.ref.group in GROUPS and view.deleted_at is None


def _mesh_is_off(cluster: ClusterSnapshot) -> bool:
    """Whether nodes do not peer with each other by themselves, as they do by default."""
    return any(
        view.ref.kind == "BGPConfiguration"
        and view.ref.group in GROUPS
        and view.name == "default"
        and view.mapping("spec").get("nodeToNodeMeshEnabled") is False
        for view in cluster.all(Custom)
    )


def _void(peer: Custom, nodes: list[Node]) -> str:
    """The selector of a peering that is known to match no node; empty if there is none."""
    for field in ("peerSelector", "nodeSelector"):
        selector = peer.text("spec", field)
        if selector and nodes and all(selects(selector, node.labels) is False for node in nodes):
            return field
    return ""


def _reaches(peer: Custom, node: Node) -> bool:
    """Whether a node may be one end of a peering; without a selector every node is."""
    named = peer.text("spec", "node")
    ends = [peer.text("spec", field) for field in ("nodeSelector", "peerSelector")]
    if named or not any(ends):
        return named in {"", node.name}
    return any(selects(selector, node.labels) is not False for selector in ends if selector)
