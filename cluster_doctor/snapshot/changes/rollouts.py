"""Revisions of workloads: what each changed in the Pod template.

Sources: kubernetes.io, "Deployments: Rollback" (each ReplicaSet keeps one revision), "ControllerRevision" (StatefulSets
and DaemonSets). A rollback takes up an old revision again under a new number; when it did is not written down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from pydantic import JsonValue

from cluster_doctor.domain.change import Change, ChangeKind, FieldChange
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.changes.difference import differences
from cluster_doctor.snapshot.changes.writes import writer_at
from cluster_doctor.snapshot.paths import mapping, resolve
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom, DaemonSet, Deployment, ReplicaSet, StatefulSet, View, Workload

MOST_REVISIONS = 4
"""Revisions of one workload that are compared, the newest."""

_MOST_CITED = 4
_REUSED = "deployment.kubernetes.io/revision-history"
_RESTARTED = "spec.template.metadata.annotations['kubectl.kubernetes.io/restartedAt']"
_CAUSE = "kubernetes.io/change-cause"
REVISED = (Deployment, StatefulSet, DaemonSet)
"""Workloads that keep revisions."""


@dataclass(frozen=True)
class Revision:
    """One revision of a workload: the object that keeps it, and where in that object the template's `spec.` begins."""

    number: int
    view: View
    prefix: str
    reused: bool

    @property
    def template(self) -> dict[str, JsonValue]:
        """The Pod template, without what controllers add."""
        found = mapping(resolve(self.view.raw, f"{self.prefix}spec.template"))
        labels = mapping(found, "metadata", "labels")
        kept: dict[str, JsonValue] = {key: value for key, value in labels.items() if key != "pod-template-hash"}
        notes = mapping(found, "metadata", "annotations")
        metadata: dict[str, JsonValue] = {**mapping(found, "metadata"), "labels": kept, "annotations": notes}
        return {"metadata": metadata, "spec": found.get("spec")}

    def cite(self, path: str) -> Evidence:
        """Cite a field of the template by its path in the workload."""
        return self.view.cite(f"{self.prefix}{path}")


def revisions_of(cluster: ClusterSnapshot, workload: ObjectRef) -> list[Revision]:
    """List the revisions of a workload, the oldest first."""
    found = [
        Revision(replicas.revision, replicas, "", _REUSED in replicas.annotations)
        for replicas in cluster.owned_by(workload, ReplicaSet)
        if replicas.revision
    ]
    found += [
        Revision(kept.integer("revision"), kept, "data.", reused=False)
        for kept in cluster.owned_by(workload, Custom)
        if kept.ref.kind == "ControllerRevision"
    ]
    return sorted(found, key=lambda revision: revision.number)


def rollouts(workload: View, cluster: ClusterSnapshot) -> Iterator[Change]:
    """What each of the newest revisions of a workload changed."""
    if not isinstance(workload, REVISED):
        return
    revisions = revisions_of(cluster, workload.ref)[-MOST_REVISIONS:]
    if len(revisions) == 1 and (revisions[0].number > 1 or workload.created_at is None):
        yield _only(workload, revisions[0])
    elif len(revisions) < 2 and workload.created_at is not None:
        yield _made(workload, workload.created_at)
    for before, after in pairwise(revisions):
        yield _rollout(workload, before, after)


def _made(workload: Workload, at: datetime) -> Change:
    return Change(
        kind=ChangeKind.ROLLOUT,
        subject=workload.ref,
        statement="was created",
        at=at,
        by=writer_at(workload, at),
        evidence=(workload.cite("metadata.creationTimestamp"),),
    )


def _only(workload: Workload, revision: Revision) -> Change:
    """A revision of which the one before is gone, as `revisionHistoryLimit` may have it."""
    at = None if revision.reused else revision.view.created_at
    return Change(
        kind=ChangeKind.ROLLOUT,
        subject=workload.ref,
        statement=f"got revision {revision.number}; the one before is not on record",
        at=at,
        by=writer_at(workload, at),
        version=str(revision.number),
        evidence=(revision.view.cite("metadata.creationTimestamp"),),
    )


def _rollout(workload: Workload, before: Revision, after: Revision) -> Change:
    fields = differences(before.template, after.template, "spec", "template")
    at = after.view.created_at
    older = before.view.created_at
    if after.reused or (at is not None and older is not None and at < older):
        at = None
    reason = after.view.annotations.get(_CAUSE, "")
    return Change(
        kind=ChangeKind.ROLLOUT,
        subject=workload.ref,
        statement=_statement(after, fields) + (f" ({reason})" if reason else ""),
        at=at,
        by=writer_at(workload, at),
        version=str(after.number),
        fields=fields,
        evidence=_evidence(before, after, fields),
    )


def _statement(after: Revision, fields: tuple[FieldChange, ...]) -> str:
    name = f"revision {after.number}"
    back = " takes up an earlier one again and" if after.reused else ""
    if [field.path for field in fields] == [_RESTARTED]:
        return f"{name} restarts the Pods and changes nothing else"
    if not fields:
        return f"{name}{back} has the template of the one before"
    count = "1 field" if len(fields) == 1 else f"{len(fields)} fields"
    return f"{name}{back} changes {count} of the Pod template"


def _evidence(before: Revision, after: Revision, fields: tuple[FieldChange, ...]) -> tuple[Evidence, ...]:
    found = [after.view.cite("metadata.creationTimestamp")]
    for field in fields[:_MOST_CITED]:
        for revision, value in ((before, field.before), (after, field.after)):
            cited = revision.cite(field.path)
            if cited.value == value:
                found.append(cited)
    return tuple(found)
