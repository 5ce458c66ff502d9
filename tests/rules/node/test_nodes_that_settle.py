"""Nodes that are not ready for a moment, or not ready yet."""

from __future__ import annotations

import pytest

from rules.causes import causes_of

NODE = """
kind: Node
metadata: {{name: n1, creationTimestamp: '{created}'}}
status:
  conditions:
  - {{type: Ready, status: '{status}', reason: R, message: '{message}', lastTransitionTime: '{since}'}}
"""
OLD = "2025-06-01T08:00:00Z"
PLEG = "PLEG is not healthy: pleg was last seen active 3m2s ago; threshold is 3m0s"
NO_NETWORK = "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady"


@pytest.mark.parametrize(
    ("created", "since", "message", "status", "expected"),
    [
        (OLD, "2026-01-01T11:59:40Z", PLEG, "False", []),
        (OLD, "2026-01-01T11:57:00Z", PLEG, "False", ["container_runtime_is_down"]),
        (OLD, "2026-01-01T11:59:40Z", "kubelet stopped posting node status.", "Unknown", ["kubelet_is_down"]),
        (OLD, "2026-01-01T11:57:00Z", NO_NETWORK, "False", ["node_network_is_unavailable"]),
        ("2026-01-01T11:57:00Z", "2026-01-01T11:57:00Z", NO_NETWORK, "False", []),
        ("2026-01-01T11:40:00Z", "2026-01-01T11:40:00Z", NO_NETWORK, "False", ["node_network_is_unavailable"]),
    ],
    ids=["a flap", "down for minutes", "silent", "network lost", "joining", "never joined"],
)
def test_only_what_lasts_is_a_fault(created: str, since: str, message: str, status: str, expected: list[str]) -> None:
    node = NODE.format(created=created, since=since, message=message, status=status)
    assert [rule for rule, _ in causes_of(node)] == expected
