"""Reads the logs of containers that need explaining, and of no others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.records import ContainerLog
from cluster_doctor.snapshot.relations import Relations
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Pod
from cluster_doctor.snapshot.views.container import Container
from cluster_doctor.sources.live.reader import ApiReader
from cluster_doctor.sources.wire.failure import ReadFailure

RECENTLY = timedelta(hours=1)
PODS_PER_WORKLOAD = 2
_NOTHING_THERE = frozenset({400, 404})
"""What the API server answers for a container that has not started, or that has no earlier instance."""


@dataclass(frozen=True, slots=True)
class LogRequest:
    """One container's log."""

    pod: ObjectRef
    container: str
    previous: bool


def choose_pods(cluster: Relations, pods: Iterable[Pod], now: datetime) -> list[Pod]:
    """Choose the Pods whose logs may explain something: a few of each workload, the worst first.

    The replicas of a workload mostly fail alike, so more of them would cost and tell nothing.
    """
    by_workload: dict[ObjectRef, list[Pod]] = defaultdict(list)
    for pod in pods:
        if not pod.plainly_well and any(True for _ in _telling(pod, now)):
            by_workload[cluster.workload_ref(pod.ref)].append(pod)
    chosen: list[list[Pod]] = [
        sorted(found, key=_worst_first)[:PODS_PER_WORKLOAD] for _, found in sorted(by_workload.items())
    ]
    turns = (group[turn] for turn in range(PODS_PER_WORKLOAD) for group in chosen if turn < len(group))
    return list(turns)


def _worst_first(pod: Pod) -> tuple[int, str]:
    return -sum(container.restarts for container in pod.containers), pod.name


def _telling(pod: Pod, now: datetime) -> Iterator[Container]:
    for container in pod.containers:
        if container.status and _needs_explaining(container, now):
            yield container


def _needs_explaining(container: Container, now: datetime) -> bool:
    if container.terminated:
        return container.terminated.get("exitCode") != 0
    if container.waiting:
        return bool(container.last_terminated)
    if container.running and not container.ready:
        # An init container that runs may be what everything waits for.
        return True
    ended = parse_time(container.last_terminated.get("finishedAt"))
    return ended is not None and now - ended < RECENTLY


def requests_for(pod: Pod, containers: Iterable[Container]) -> Iterator[LogRequest]:
    """The logs that exist of some containers: of the instance at hand, and of the one before it."""
    for container in containers:
        if container.running or container.terminated:
            yield LogRequest(pod.ref, container.name, previous=False)
        if container.last_terminated:
            yield LogRequest(pod.ref, container.name, previous=True)


def read_logs(
    reader: ApiReader, pool: Executor, builder: SnapshotBuilder, pods: list[Pod], *, every_container: bool = False
) -> frozenset[str]:
    """Read logs of Pods. Returns the namespaces in which every log that was asked for was refused.

    Args:
        reader: reads.
        pool: runs the reads side by side.
        builder: takes the logs, their coverage and gaps.
        pods: Pods to read, the most telling first; those beyond the bound become gaps.
        every_container: read also the containers that look well.
    """
    limits, now = reader.limits, reader.now()
    wanted = [
        request
        for pod in pods[: limits.log_pods]
        for request in requests_for(pod, pod.containers if every_container else _telling(pod, now))
    ]
    refused: set[str] = set()
    given: set[str] = set()
    answers = [(request, pool.submit(_read, reader, request)) for request in wanted]
    for request, answer in answers:
        found = answer.result()
        namespace = request.pod.namespace or ""
        if isinstance(found, ContainerLog):
            given.add(namespace)
            builder.add_log(found)
            builder.cover("Log", request.pod.namespace, request.pod.name)
        elif found.status not in _NOTHING_THERE:
            refused.add(namespace)
            builder.gap(_gap(request.pod, found.reason, found.detail))
    for pod in pods[limits.log_pods :]:
        builder.gap(_gap(pod.ref, GapReason.TRUNCATED, f"logs of {limits.log_pods} Pods were read"))
    return frozenset(refused - given)


def _gap(pod: ObjectRef, reason: GapReason, detail: str) -> Gap:
    return Gap(kind="Log", namespace=pod.namespace, name=pod.name, reason=reason, detail=detail)


def _read(reader: ApiReader, request: LogRequest) -> ContainerLog | ReadFailure:
    namespace, name = quote(request.pod.namespace or "", safe=""), quote(request.pod.name, safe="")
    limits = reader.limits
    query: dict[str, str | int] = {
        "container": request.container,
        "tailLines": limits.log_lines,
        "limitBytes": limits.log_bytes,
    }
    if request.previous:
        query["previous"] = "true"
    try:
        body = reader.log(f"/api/v1/namespaces/{namespace}/pods/{name}/log", query)
    except ReadFailure as failure:
        return failure
    lines = tuple(body.decode("utf-8", "replace").splitlines())
    return ContainerLog(
        subject=request.pod,
        container=request.container,
        previous=request.previous,
        lines=lines,
        truncated=len(body) >= limits.log_bytes or len(lines) >= limits.log_lines,
    )
