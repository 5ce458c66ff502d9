"""Calico's selectors, and when a peering with nobody leaves nodes alone."""

from __future__ import annotations

import pytest

from cluster_doctor.rules.network.calico_selectors import selects
from rules.causes import causes_of

MESH = """
apiVersion: crd.projectcalico.org/v1
kind: BGPConfiguration
metadata: {name: default}
spec: {nodeToNodeMeshEnabled: %s}
---
{kind: Node, metadata: {name: n1, labels: {rack: r1}}}
---
apiVersion: crd.projectcalico.org/v1
kind: BGPPeer
metadata: {name: second-rack}
spec: {nodeSelector: "rack == 'r2'", peerIP: 192.0.2.1}
"""
FIRST_RACK = """
---
apiVersion: crd.projectcalico.org/v1
kind: BGPPeer
metadata: {name: first-rack}
spec: {nodeSelector: "rack == 'r1'", peerIP: 192.0.2.2}
"""


@pytest.mark.parametrize(
    ("selector", "holds"),
    [
        ("all()", True),
        ("rack == 'r1'", True),
        ("rack != 'r1'", False),
        ('rack in {"r1", "r2"}', True),
        ("rack not in {'r1'}", False),
        ("has(rack) && !has(gpu)", True),
        ("has(gpu)", False),
        ("gpu == 'a' || rack == 'r1'", None),
        ("rack starts with 'r'", None),
    ],
)
def test_a_selector_is_read_or_left_open(selector: str, *, holds: bool | None) -> None:
    assert selects(selector, {"rack": "r1"}) is holds


def test_nodes_that_nobody_peers_with_are_alone() -> None:
    assert causes_of(MESH % "false") == [("bgp_peer_selects_no_node", "second-rack")]


@pytest.mark.parametrize("text", [MESH % "true", MESH % "false" + FIRST_RACK])
def test_a_rack_without_nodes_harms_nobody_who_has_a_peer(text: str) -> None:
    assert causes_of(text) == []
