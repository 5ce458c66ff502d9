"""What happened to nodes: joined, closed to Pods, tainted, restarted, changed in a condition."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cluster_doctor.domain.change import Change, ChangeKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Node, View

_CORDONED = "node.kubernetes.io/unschedulable"
_SETTLING = timedelta(minutes=5)
"""How long conditions of a new node may take to become what they stay."""
_EVENTS = {
    "Starting": "its kubelet started",
    "Rebooted": "it was booted again",
    "NodeNotSchedulable": "it was cordoned",
    "NodeSchedulable": "it was uncordoned",
}
"""Reasons of Events about nodes, from the kubelet's source (pkg/kubelet/events)."""
_KUBELET = frozenset({"", "kubelet"})
"""Who may say that it starts: kube-proxy reports the same reason about the node."""


def node_changes(node: View, cluster: ClusterSnapshot) -> Iterator[Change]:
    """What happened to a node."""
    if not isinstance(node, Node):
        return
    if node.created_at:
        yield _change(node, "it joined the cluster", node.created_at, node.cite("metadata.creationTimestamp"))
    told = list(_from_events(node, cluster))
    yield from told
    cordoned = any(change.statement == _EVENTS["NodeNotSchedulable"] for change in told)
    yield from _from_taints(node, cordoned=cordoned)
    yield from _from_conditions(node)


def _from_events(node: Node, cluster: ClusterSnapshot) -> Iterator[Change]:
    for event in cluster.events_about(node.ref, *_EVENTS):
        if event.reason != "Starting" or event.component in _KUBELET:
            yield _change(node, _EVENTS[event.reason], event.last_seen, event.cite_message())


def _from_taints(node: Node, *, cordoned: bool) -> Iterator[Change]:
    """Taints with the time when they were added, where that was written; cordoning sets one too."""
    seen = False
    for position, taint in node.objects("spec", "taints"):
        added = parse_time(taint.get("timeAdded"))
        key, effect = text(taint, "key"), text(taint, "effect")
        if key == _CORDONED:
            seen = True
            if not cordoned:
                yield _change(node, _EVENTS["NodeNotSchedulable"], added, node.cite(f"spec.taints[{position}]"))
        elif added is not None:
            yield _change(node, f"taint {key}:{effect} was added", added, node.cite(f"spec.taints[{position}]"))
    if node.cordoned and not seen and not cordoned:
        yield _change(node, _EVENTS["NodeNotSchedulable"], None, node.cite("spec.unschedulable"))


def _from_conditions(node: Node) -> Iterator[Change]:
    for position, condition in node.objects("status", "conditions"):
        since = parse_time(condition.get("lastTransitionTime"))
        if since is None or (node.created_at and since - node.created_at < _SETTLING):
            continue
        reason = text(condition, "reason")
        told = f"condition {text(condition, 'type')} became {text(condition, 'status')}"
        evidence = node.cite(f"status.conditions[{position}].lastTransitionTime")
        yield _change(node, f"{told} ({reason})" if reason else told, since, evidence)


def _change(node: Node, statement: str, at: datetime | None, evidence: Evidence) -> Change:
    return Change(kind=ChangeKind.NODE, subject=node.ref, statement=statement, at=at, evidence=(evidence,))
