"""Calls that fail, as programs log them: what happened (`Trouble`) and with whom, by the names in the line only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.container.ending import crashing_now
from cluster_doctor.rules.job.runs import later_run_succeeded
from cluster_doctor.snapshot.log_lines.harmless import speaks_of_success
from cluster_doctor.snapshot.log_lines.told import Told, read_told
from cluster_doctor.snapshot.log_lines.trouble import OF_CALLS, Trouble
from cluster_doctor.snapshot.records import ContainerLog
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Job, Pod, Workload

_SERVING = re.compile(r"client sent|from client|handshake error from|reading client request", re.IGNORECASE)
"""What a server says of those who call it: a scanner, a probe with another scheme."""


@dataclass(frozen=True, slots=True)
class FailingCall:
    """One line that tells of a failing call. `host` is empty and `port` None where the line names none."""

    told: Told
    log: ContainerLog
    position: int

    @property
    def trouble(self) -> Trouble:
        """What happened."""
        return self.told.trouble

    @property
    def host(self) -> str:
        """With whom."""
        return self.told.host

    @property
    def port(self) -> int | None:
        """At which port."""
        return self.told.port

    @property
    def evidence(self) -> Evidence:
        """The line."""
        return self.log.cite(self.position)


def read_call(line: str) -> Told | None:
    """Read one line; None if it tells of no failing call."""
    told = read_told(line)
    return told if told and told.trouble in OF_CALLS and not _SERVING.search(line) else None


_MOST_LINES = 400
_OFTEN = 3


def failing_calls(ref: ObjectRef, cluster: ClusterSnapshot) -> list[FailingCall]:
    """List what the logs of a workload tell of failing calls, one entry for each trouble, host and port."""

    def read() -> list[FailingCall]:
        return list(_read([log for log in cluster.logs_of(ref) if not is_history(log, cluster)]))

    return cluster.remember(("failing calls", ref), read)


def is_history(log: ContainerLog, cluster: ClusterSnapshot) -> bool:
    """Tell whether what a log tells of is over.

    That is the log of a Pod on its way out, of a Pod that did its work or whose Job did it with another one or in a
    later run, and of the instance before the current one where that one is ready and stays.
    """
    pod = cluster.find(log.subject)
    if not isinstance(pod, Pod):
        return False
    if pod.terminating or pod.phase == "Succeeded":
        return True
    if pod.finished:
        job = cluster.find(pod.controller) if pod.controller else None
        return isinstance(job, Job) and (job.complete or later_run_succeeded(job, cluster))
    current = next((container for container in pod.containers if container.name == log.container), None)
    if not log.previous or current is None:
        return False
    return current.ready and not crashing_now(pod, current, cluster.taken_at)


def callers_in_trouble(cluster: ClusterSnapshot) -> Iterator[Workload]:
    """Workloads whose logs tell of failing calls."""
    return (workload for workload in cluster.workloads() if failing_calls(workload.ref, cluster))


_VARYING = re.compile(
    r"(?<![0-9a-z])(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d\d:\d\d:\d\d[.,]?\d*|\d{6,})"
)
"""What differs each time the same is said: times of day, ids, and numbers that are longer than any port or code."""


def _read(logs: list[ContainerLog]) -> Iterator[FailingCall]:
    seen: set[Told] = set()
    for log in logs:
        over: set[Told] = set()  # what works again after its newest line does so after the older ones
        said: set[str] = set()
        for position in log.newest_telling(_MOST_LINES):
            saying = _VARYING.sub("", log.lines[position])
            if saying in said:
                continue
            said.add(saying)
            told = read_call(log.lines[position])
            if told is None or told in seen or told in over:
                continue
            if _worked_later(told, log.lines[position + 1 :]) or _is_lone(told, log):
                over.add(told)
                continue
            seen.add(told)
            yield FailingCall(told, log, position)


def _is_lone(told: Told, log: ContainerLog) -> bool:
    """Tell whether a line tells of what a client meets now and then and tries again: two sessions in one row."""
    if told.trouble is not Trouble.LOCKED:
        return False
    return sum(read_call(log.lines[position]) == told for position in log.newest_telling(_MOST_LINES)) < _OFTEN


def _worked_later(told: Told, later: Sequence[str]) -> bool:
    """Tell whether a later line says that what failed works: then the failure was a retry, and is history."""
    return bool(told.host) and any(
        told.host in line and speaks_of_success(line) and read_call(line) is None for line in later
    )
