"""What a container logged before it ended."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.rules.container.ending import crashing_now
from cluster_doctor.rules.selections import counted_on, unwell_pods
from cluster_doctor.snapshot.log_lines.told import Told, read_told
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.log_lines.wording import Wording, wording
from cluster_doctor.snapshot.paths import integer
from cluster_doctor.snapshot.records import ContainerLog
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Container, ContainerRole, Pod

_LINES = 200
_ERROR = wording(
    r"\b(?:error|fatal|panic|exception|failed|cannot|unable)\b",
    "error",
    "fatal",
    "panic",
    "exception",
    "failed",
    "cannot",
    "unable",
    any_case=True,
)


def failing_containers(pod: Pod, cluster: ClusterSnapshot) -> Iterator[Container]:
    """Containers of a Pod that keep ending or, started, do not become ready; many rules ask for them."""
    return iter(cluster.remember(("failing containers", pod.ref), lambda: tuple(_failing(pod, cluster))))


def _failing(pod: Pod, cluster: ClusterSnapshot) -> Iterator[Container]:
    if not counted_on(pod, cluster):
        return
    if pod.finished:  # a Job's: what ended with an error is what it failed for
        yield from (container for container in pod.containers if integer(container.terminated, "exitCode"))
        return
    for container in pod.containers:
        stuck = container.role is ContainerRole.INIT and container.running and not pod.ready
        if crashing_now(pod, container, cluster.taken_at) or stuck or (container.running and not container.ready):
            yield container


def failing_pods(cluster: ClusterSnapshot) -> Iterator[Pod]:
    """Pods with containers that keep ending or do not become ready."""
    return (pod for pod in unwell_pods(cluster) if any(failing_containers(pod, cluster)))


def last_words(
    pod: Pod, container: Container, words: Wording, cluster: ClusterSnapshot
) -> tuple[re.Match[str], Evidence] | None:
    """Find the newest line of a container's logs that says certain words."""
    for log in cluster.logs_of(pod.ref):
        if log.container not in {"", container.name}:
            continue
        for position, found in words.newest_in(log, _LINES):
            return found, log.cite(position)
    return None


def last_error(pod: Pod, container: Container, cluster: ClusterSnapshot) -> Evidence | None:
    """Cite the newest line of a container's logs that speaks of an error."""
    said = last_words(pod, container, _ERROR, cluster)
    return said[1] if said else None


def failing_with(
    words: Wording, pod: Pod, cluster: ClusterSnapshot
) -> Iterator[tuple[Container, re.Match[str], Evidence]]:
    """Yield the failing containers of a Pod whose logs say certain words: the newest line that does."""
    for container in failing_containers(pod, cluster):
        said = last_words(pod, container, words, cluster)
        if said:
            yield container, *said


def failing_for(
    trouble: Trouble, pod: Pod, cluster: ClusterSnapshot, means: Callable[[ContainerLog, int], bool] | None = None
) -> Iterator[tuple[Container, Told, Evidence]]:
    """Yield the failing containers of a Pod whose logs tell of a trouble: the newest line that does.

    Args:
        trouble: what the lines are to tell of.
        pod: whose containers are looked at.
        cluster: the picture with the logs.
        means: tells of a log and the position of such a line whether the lines around it bear that out.
    """
    for container in failing_containers(pod, cluster):
        for log in cluster.logs_of(pod.ref):
            found = _newest(trouble, log, means) if log.container in {"", container.name} else None
            if found:
                yield container, *found
                break


def _newest(
    trouble: Trouble, log: ContainerLog, means: Callable[[ContainerLog, int], bool] | None
) -> tuple[Told, Evidence] | None:
    for position in log.newest_telling(_LINES):
        told = read_told(log.lines[position])
        if told and told.trouble is trouble and (means is None or means(log, position)):
            return told, log.cite(position)
    return None
