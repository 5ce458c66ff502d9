"""Who wrote an object, and when, as its managed fields tell.

Source: kubernetes.io, "Server-Side Apply": the time of an entry is when its manager last changed one of its fields;
what controllers report in the status is an entry of its own, and is no change that somebody made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cluster_doctor.domain.change import Change, ChangeKind
from cluster_doctor.snapshot.changes.deliveries import HELM_STORE
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import (
    Autoscaler,
    ClusterRole,
    ClusterRoleBinding,
    ConfigMap,
    DisruptionBudget,
    Ingress,
    LimitRange,
    MutatingWebhookConfiguration,
    NetworkPolicy,
    ResourceQuota,
    Role,
    RoleBinding,
    Secret,
    Service,
    ServiceAccount,
    View,
    WebhookConfiguration,
)

SAME_WRITE = timedelta(seconds=5)
"""Writes within this time are one: tools create an object and complete it at once."""

WRITTEN: dict[type[View], ChangeKind] = {
    ConfigMap: ChangeKind.CONFIGURATION,
    Secret: ChangeKind.CONFIGURATION,
    ServiceAccount: ChangeKind.CONFIGURATION,
    ResourceQuota: ChangeKind.POLICY,
    LimitRange: ChangeKind.POLICY,
    NetworkPolicy: ChangeKind.POLICY,
    DisruptionBudget: ChangeKind.POLICY,
    WebhookConfiguration: ChangeKind.POLICY,
    MutatingWebhookConfiguration: ChangeKind.POLICY,
    Role: ChangeKind.POLICY,
    RoleBinding: ChangeKind.POLICY,
    ClusterRole: ChangeKind.POLICY,
    ClusterRoleBinding: ChangeKind.POLICY,
    Service: ChangeKind.TRAFFIC,
    Ingress: ChangeKind.TRAFFIC,
    Autoscaler: ChangeKind.SCALING,
}
"""Kinds of which a write is a change. Workloads change by their revisions, which tell more."""

_COMES_WITH_NAMESPACE = frozenset({(ConfigMap.kind, "kube-root-ca.crt"), (ServiceAccount.kind, "default")})


@dataclass(frozen=True, slots=True)
class Write:
    """One entry of the managed fields: who, when, through which subresource, and where that stands."""

    manager: str
    at: datetime
    subresource: str
    path: str


def writes_of(view: View) -> list[Write]:
    """List who wrote an object, the newest last."""
    found = []
    for position, entry in view.objects("metadata", "managedFields"):
        at = parse_time(entry.get("time"))
        if at is not None:
            path = f"metadata.managedFields[{position}].time"
            found.append(Write(text(entry, "manager"), at, text(entry, "subresource"), path))
    return sorted(found, key=lambda write: write.at)


def writer_at(view: View, moment: datetime | None) -> str:
    """Who wrote an object at a moment, empty if that is not known."""
    near = [write for write in writes_of(view) if moment is not None and abs(write.at - moment) <= SAME_WRITE]
    return near[-1].manager if near else ""


def written(view: View, _: ClusterSnapshot) -> Iterator[Change]:
    """When configuration, a policy or a route was made or last written; what it held before is not known."""
    told_as = WRITTEN.get(type(view))
    own = (view.ref.kind, view.name) in _COMES_WITH_NAMESPACE
    if told_as and not own and not (isinstance(view, Secret) and view.type == HELM_STORE):
        change = _write_of(view, told_as)
        if change:
            yield change


def _write_of(view: View, kind: ChangeKind) -> Change | None:
    made = view.created_at
    last, path, manager = _newest(view)
    if last is not None and (made is None or last - made > SAME_WRITE):
        by = f" by {manager}" if manager else ""
        told = f"was written{by}; what it held before is not on record"
        return Change(kind=kind, subject=view.ref, statement=told, at=last, by=manager, evidence=(view.cite(path),))
    if made is None:
        return None
    evidence = (view.cite("metadata.creationTimestamp"),)
    return Change(kind=kind, subject=view.ref, statement="was created", at=made, by=manager, evidence=evidence)


def last_write(view: View) -> datetime | None:
    """When an object was last written; None if that is not known."""
    return _newest(view)[0]


def _newest(view: View) -> tuple[datetime | None, str, str]:
    if isinstance(view, Secret):
        return parse_time(view.raw.get("changedAt")), "changedAt", ""
    writes = writes_of(view)
    return (writes[-1].at, writes[-1].path, writes[-1].manager) if writes else (None, "", "")
