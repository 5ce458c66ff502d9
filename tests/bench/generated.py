"""Large snapshots, made of copies of the recorded one: its incident once, its healthy neighbours many times."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cluster_doctor.domain.coverage import Coverage
from cluster_doctor.snapshot.file import read_snapshot
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

Json = dict[str, Any]
RECORDED = Path(__file__).parents[2] / "notebooks" / "incidents" / "checkout.cds"
NAMESPACE = "shop"
HEALTHY = ("storefront", "catalog", "session-cache")
"""Workloads of the recording that are well: four Pods with their Services, endpoints and owners."""
PODS_ON_NODE = 50
_PODS_IN_COPY = 4


def recorded() -> ClusterSnapshot:
    """The demo's snapshot."""
    return read_snapshot(RECORDED)


def crowd(pods: int) -> ClusterSnapshot:
    """The recorded incident among about so many Pods, in namespaces of four Pods each."""
    seen = recorded()
    neighbours = [raw for raw in seen.objects if _is_healthy(raw)]
    nodes = [raw for raw in seen.objects if raw["kind"] == "Node"]
    names = (f"node-{number}" for number in itertools.count(len(nodes) + 1))
    more_nodes = [_renamed(nodes[0], next(names)) for _ in range(pods // PODS_ON_NODE)]
    places = [str(node["metadata"]["name"]) for node in more_nodes] or ["node-1"]
    addresses = (f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}" for number in itertools.count(1 << 20))
    copies = [
        _moved(raw, f"team-{number}", places[number % len(places)], addresses)
        for number in range(pods // _PODS_IN_COPY)
        for raw in neighbours
    ]
    lists = {entry.partition("/")[0] for entry in seen.coverage.lists}
    return ClusterSnapshot(
        taken_at=seen.taken_at,
        objects=[*seen.objects, *more_nodes, *copies],
        coverage=Coverage(lists=frozenset(lists), names=seen.coverage.names),
        identity=seen.identity,
        logs=seen.logs,
        server_version=seen.server_version,
        source=f"{pods} generated Pods",
    )


def _is_healthy(raw: Json) -> bool:
    metadata = raw["metadata"]
    named = str(metadata["name"]).startswith(HEALTHY)
    return named and metadata.get("namespace") == NAMESPACE and raw["kind"] != "Event"


def _renamed(raw: Json, name: str) -> Json:
    made = copy.deepcopy(raw)
    made["metadata"]["name"] = name
    return made


def _moved(raw: Json, namespace: str, node: str, addresses: Iterator[str]) -> Json:
    made = copy.deepcopy(raw)
    made["metadata"]["namespace"] = namespace
    if raw["kind"] == "Pod":
        address = next(addresses)
        made["spec"]["nodeName"] = node
        made["status"]["podIP"] = address
        made["status"]["podIPs"] = [{"ip": address}]
    for endpoint in made.get("endpoints") or []:
        endpoint["targetRef"]["namespace"] = namespace
    for subset in made.get("subsets") or []:
        for address in subset.get("addresses", []):
            address["targetRef"]["namespace"] = namespace
    return made
