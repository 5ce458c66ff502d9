"""Containers that fail and say why in so many words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.findings import Match
from cluster_doctor.rules.container.last_words import failing_with
from cluster_doctor.snapshot.log_lines.told import read_told
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.log_lines.wording import Wording
from cluster_doctor.snapshot.records import ContainerLog
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Container, Pod

_LINES = 50
_OFTEN = 3
"""So often within the last lines, an error of the kernel is a state and not an accident."""

Message = Callable[[Container, str], str]


def complaints_of(pod: Pod, words: Wording, message: Message, cluster: ClusterSnapshot) -> Iterator[Match]:
    """Match each failing container whose log holds a line that says certain words.

    Args:
        pod: whose containers are looked at.
        words: what the line says; their first group that matched, or all of it, goes into the message.
        message: makes the statement of the container and of what was said.
        cluster: the picture with the logs.
    """
    for container, found, evidence in failing_with(words, pod, cluster):
        told = next((group for group in found.groups() if group), found[0])
        yield Match(
            message=message(container, told.strip()),
            evidence=(evidence, *pod.cite_container(container, "restartCount")),
            effects=(Effect(EffectKind.CONTAINER_CRASHING, pod.ref), Effect(EffectKind.POD_NOT_READY, pod.ref)),
            about=container.name,
            since=pod.created_at,
            facts=(("container", container.name), ("said", told.strip())),
        )


def keeps_saying(pod: Pod, words: Wording, cluster: ClusterSnapshot) -> Evidence | None:
    """Cite the newest line that says certain words, if a container does so again and again at the end of its log."""
    return _again_and_again(pod, lambda log: [position for position, _ in words.newest_in(log, _LINES)], cluster)


def keeps_telling(pod: Pod, trouble: Trouble, cluster: ClusterSnapshot) -> Evidence | None:
    """Cite the newest line that tells of a trouble, if a container does so again and again at the end of its log."""

    def telling(log: ContainerLog) -> list[int]:
        read = ((position, read_told(log.lines[position])) for position in log.newest_telling(_LINES))
        return [position for position, told in read if told and told.trouble is trouble]

    return _again_and_again(pod, telling, cluster)


def _again_and_again(pod: Pod, find: Callable[[ContainerLog], list[int]], cluster: ClusterSnapshot) -> Evidence | None:
    for log in cluster.logs_of(pod.ref):
        if log.previous:
            continue
        found = find(log)
        if len(found) >= _OFTEN:
            return log.cite(found[0])
    return None
