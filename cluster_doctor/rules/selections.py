"""The few objects that many rules look at, found once for all of them.

A rule that names a selection (`among`) is asked about what it holds and about nothing else. So a selection may hold
too much, and must never leave out what one of its rules matches: what was not recorded counts as not well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.job.runs import later_run_succeeded
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, Job, Pod, Workload


def unwell_pods(cluster: ClusterSnapshot) -> Sequence[Pod]:
    """Pods that somebody counts on and that are not plainly well, or that a Warning is on record about."""
    return cluster.remember("unwell pods", lambda: tuple(_unwell(cluster)))


def _unwell(cluster: ClusterSnapshot) -> Iterator[Pod]:
    warned = {event.regarding for event in cluster.all(Event) if event.type != "Normal"}
    for pod in cluster.all(Pod):
        if (not pod.plainly_well or (warned and pod.ref in warned)) and counted_on(pod, cluster):
            yield pod


def counted_on(pod: Pod, cluster: ClusterSnapshot) -> bool:
    """Tell whether somebody waits for what a Pod does: it is to run, or it failed and its Job with it."""
    return pod.expected_to_run or pod.ref in cluster.remember("lost runs", lambda: frozenset(_lost_runs(cluster)))


def _lost_runs(cluster: ClusterSnapshot) -> Iterator[ObjectRef]:
    """The latest Pod of each Job that failed by itself, where nothing since did the Job's work or is at it."""
    for job in cluster.all(Job):
        if job.complete or job.suspended or job.deleted_at or later_run_succeeded(job, cluster):
            continue
        pods = cluster.pods_of(job.ref)
        if job.integer("status", "succeeded") or any(pod.expected_to_run or pod.phase == "Succeeded" for pod in pods):
            continue
        ended = [pod for pod in pods if pod.phase == "Failed" and not pod.terminating and not pod.reason]
        if ended:
            yield max(ended, key=lambda pod: (pod.created_at or cluster.taken_at, pod.name)).ref


def troubled_workloads(cluster: ClusterSnapshot) -> Iterator[Workload]:
    """Workloads with a Pod that is not plainly well."""
    troubled = {cluster.workload_ref(pod.ref): None for pod in cluster.all(Pod) if not pod.plainly_well}
    for ref in troubled:
        workload = cluster.find(ref)
        if isinstance(workload, Workload):
            yield workload


def ended_pods(cluster: ClusterSnapshot) -> Iterator[Pod]:
    """Pods that do not run any more, or of which that is not known."""
    return (pod for pod in cluster.all(Pod) if pod.phase in {"Failed", ""})


def pods_with_logs(cluster: ClusterSnapshot) -> Iterator[Pod]:
    """Pods whose logs were read, or those of their workload: few, because logs are read of what needs explaining."""
    found: dict[ObjectRef, Pod] = {}
    for log in cluster.logs:
        pod = cluster.find(log.subject)
        for reader in [pod] if isinstance(pod, Pod) else cluster.pods_of(log.subject):
            found[reader.ref] = reader
    return iter(found.values())
