"""System services on nodes."""

from __future__ import annotations

from cluster_doctor.snapshot.records import NodeService
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

_DOWN = frozenset({"inactive", "failed", "dead", "deactivating", "activating"})


def _find(cluster: ClusterSnapshot, node: str, service: str) -> NodeService | None:
    return next((entry for entry in cluster.node_services if entry.node == node and entry.service == service), None)


def service_down(cluster: ClusterSnapshot, node: str, service: str) -> NodeService | None:
    """Find a service that is known not to run on a node."""
    found = _find(cluster, node, service)
    return found if found and found.active in _DOWN else None


def service_up(cluster: ClusterSnapshot, node: str, service: str) -> bool:
    """Tell whether a service is known to run on a node."""
    found = _find(cluster, node, service)
    return found is not None and found.active == "active"
