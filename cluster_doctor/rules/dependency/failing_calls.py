"""Calls that fail, as programs log them: what happened (`Trouble`) and with whom, by the names in the line only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.log_lines.harmless import speaks_of_success
from cluster_doctor.snapshot.log_lines.told import Told, read_told
from cluster_doctor.snapshot.log_lines.trouble import OF_CALLS, Trouble
from cluster_doctor.snapshot.records import ContainerLog
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload

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


def failing_calls(ref: ObjectRef, cluster: ClusterSnapshot) -> list[FailingCall]:
    """List what the logs of a workload tell of failing calls, one entry for each trouble, host and port."""

    def read() -> list[FailingCall]:
        return list(_read(cluster.logs_of(ref)))

    return cluster.remember(("failing calls", ref), read)


def callers_in_trouble(cluster: ClusterSnapshot) -> Iterator[Workload]:
    """Workloads whose logs tell of failing calls."""
    return (workload for workload in cluster.workloads() if failing_calls(workload.ref, cluster))


def _read(logs: list[ContainerLog]) -> Iterator[FailingCall]:
    seen: set[Told] = set()
    for log in logs:
        worked: list[str] = []
        first = max(0, len(log.lines) - _MOST_LINES)
        for position in range(len(log.lines) - 1, first - 1, -1):
            line = log.lines[position]
            told = read_call(line)
            if told is None:
                if speaks_of_success(line):
                    worked.append(line)
            elif told not in seen and not _worked_later(told, worked):
                seen.add(told)
                yield FailingCall(told, log, position)


def _worked_later(told: Told, worked: list[str]) -> bool:
    """Tell whether a later line says that what failed works: then the failure was a retry, and is history."""
    return bool(told.host) and any(told.host in line for line in worked)
