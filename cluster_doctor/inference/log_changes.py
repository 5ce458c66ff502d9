"""What a workload says since it was changed and did not say before.

A line that came with a change goes well with a cause, and is none: a new version logs new things when all is well, too.
So it is told beside the causes and adds nothing to their confidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from cluster_doctor.domain.log_pattern import LogChange
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.inference.log_patterns import BASELINE, Said, count_patterns, read_lines
from cluster_doctor.snapshot.changes.writes import last_write
from cluster_doctor.snapshot.records import ContainerLog
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap, Pod, ReplicaSet, Secret, Workload

MOST_WORKLOADS = 5
MOST_PATTERNS = 5
_MOST_LINES = 2_000


def log_changes(cluster: ClusterSnapshot, concerned: Iterable[ObjectRef]) -> tuple[LogChange, ...]:
    """Tell what is new in the logs of workloads since a rollout, an edit of their configuration or a restart.

    Of several changes the one counts that the logs span: lines from before and from after it were read.
    """
    found = []
    for ref in list(dict.fromkeys(map(cluster.workload_ref, concerned)))[:MOST_WORKLOADS]:
        workload = cluster.find(ref)
        change = _change(workload, cluster) if isinstance(workload, Workload) else None
        if change:
            found.append(change)
    return tuple(found)


def _change(workload: Workload, cluster: ClusterSnapshot) -> LogChange | None:
    logs = cluster.logs_of(workload.ref)
    for told, at, said in _spans(workload, logs, cluster):
        if sum(one.before for one in said) < BASELINE or all(one.before for one in said):
            continue
        new = [pattern for pattern in count_patterns(said) if pattern.is_new][:MOST_PATTERNS]
        if new:
            return LogChange(subject=workload.ref, change=told, at=at, patterns=tuple(new))
    return None


def _spans(
    workload: Workload, logs: list[ContainerLog], cluster: ClusterSnapshot
) -> Iterator[tuple[str, datetime | None, list[Said]]]:
    """Each change that the logs may span, with their lines told apart by it."""
    newest = _newest_revision(workload, cluster)
    if newest is not None:
        told = f"rollout of {newest.ref.kind} {newest.name}"
        yield told, newest.created_at, _told_apart(workload, logs, lambda log: _is_older(log, newest, cluster))
    for kept, at in _edits(workload, cluster):
        said = [
            Said(log, position, workload.ref, line, line.moment < at)
            for log in logs
            for position, line in read_lines(log, max(0, len(log.lines) - _MOST_LINES))
            if line.moment is not None
        ]
        yield f"change of {kept.kind} {kept.name}", at, said
    if any(log.previous for log in logs):
        yield "restart of the container", None, _told_apart(workload, logs, lambda log: log.previous)


def _told_apart(workload: Workload, logs: list[ContainerLog], is_before: Callable[[ContainerLog], bool]) -> list[Said]:
    """Lines of whole logs, those from before first."""
    return [
        Said(log, position, workload.ref, line, before)
        for log in logs
        for before in (is_before(log),)
        for position, line in read_lines(log, max(0, len(log.lines) - _MOST_LINES))
    ]


def _newest_revision(workload: Workload, cluster: ClusterSnapshot) -> ReplicaSet | None:
    own = [found for found in cluster.within(ReplicaSet, workload.namespace) if found.controller == workload.ref]
    return max(own, key=lambda found: found.revision) if len(own) > 1 else None


def _is_older(log: ContainerLog, newest: ReplicaSet, cluster: ClusterSnapshot) -> bool:
    pod = cluster.get(Pod, log.subject.namespace, log.subject.name) if log.subject.kind == Pod.kind else None
    return pod is not None and pod.controller is not None and pod.controller != newest.ref


def _edits(workload: Workload, cluster: ClusterSnapshot) -> Iterator[tuple[ObjectRef, datetime]]:
    """ConfigMaps and Secrets of a workload that were written after they were made, the last one first."""
    found = {}
    for reference in workload.template.references():
        for kind in (ConfigMap, Secret):
            kept = cluster.get(kind, workload.namespace, reference.name) if reference.kind == kind.kind else None
            at = last_write(kept) if kept else None
            if kept and at and at != kept.created_at:
                found[kept.ref] = at
    yield from sorted(found.items(), key=lambda edit: edit[1], reverse=True)
