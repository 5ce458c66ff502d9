"""The few objects that many rules look at, found once for all of them.

A rule that names a selection (`among`) is asked about what it holds and about nothing else. So a selection may hold
too much, and must never leave out what one of its rules matches: what was not recorded counts as not well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.paths import dig
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, Pod, Workload


def unwell_pods(cluster: ClusterSnapshot) -> Sequence[Pod]:
    """Pods that somebody counts on and that are not plainly well, or that a Warning is on record about."""
    return cluster.remember("unwell pods", lambda: tuple(_unwell(cluster)))


def _unwell(cluster: ClusterSnapshot) -> Iterator[Pod]:
    warned = {event.regarding for event in cluster.all(Event) if event.type != "Normal"}
    for pod, well in _judged(cluster):
        if (not well or (warned and pod.ref in warned)) and pod.expected_to_run:
            yield pod


def troubled_workloads(cluster: ClusterSnapshot) -> Iterator[Workload]:
    """Workloads with a Pod that is not plainly well."""
    troubled = {cluster.workload_ref(pod.ref): None for pod, well in _judged(cluster) if not well}
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


def _judged(cluster: ClusterSnapshot) -> Sequence[tuple[Pod, bool]]:
    """All Pods, each with whether it is plainly well; looked at once for all selections."""
    return cluster.remember("pods judged", lambda: tuple((pod, _plainly_well(pod)) for pod in cluster.all(Pod)))


def _plainly_well(pod: Pod) -> bool:
    """Whether a Pod is ready and reachable, and each of its containers runs in its first instance."""
    if not pod.ready or not pod.ip:
        return False
    for declared, reported in (("containers", "containerStatuses"), ("initContainers", "initContainerStatuses")):
        statuses, specified = dig(pod.raw, "status", reported) or [], dig(pod.raw, "spec", declared) or []
        if not isinstance(statuses, list) or not isinstance(specified, list) or len(statuses) != len(specified):
            return False
        if not all(isinstance(status, dict) and _untroubled(status) for status in statuses):
            return False
    return True


def _untroubled(status: dict[str, JsonValue]) -> bool:
    if status.get("restartCount") != 0 or status.get("lastState"):
        return False
    state = status.get("state")
    if not isinstance(state, dict):
        return False
    return (status.get("ready") is True and "running" in state) or dig(state, "terminated", "exitCode") == 0
