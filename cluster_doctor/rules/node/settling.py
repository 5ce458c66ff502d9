"""Nodes that are not ready yet, or not ready for a moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Node

FLAP = timedelta(minutes=1)
"""A node that misses readiness for less mostly has it back with the kubelet's next report."""

JOINING = timedelta(minutes=5)
"""How long a new node may take for its network plugin, whose image is still being pulled, and its runtime."""


def may_settle(node: Node, condition: str, now: datetime) -> bool:
    """Tell whether what a condition of a node says is too young to count, as far as it is dated at all.

    A kubelet that fell silent is no such case: the node controller has waited before it says `Unknown`.
    """
    stated = node.condition(condition)
    since = parse_time(stated.get("lastTransitionTime"))
    if since is None or stated.get("status") == "Unknown":
        return False
    joined = node.created_at is not None and since - node.created_at < FLAP
    return now - since < (JOINING if joined else FLAP)
