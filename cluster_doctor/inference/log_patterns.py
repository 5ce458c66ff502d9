"""What the logs of a scope say, as patterns: how often, since when, by whom, and which of it is new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from cluster_doctor.domain.log_pattern import LogPattern, LogReport
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.log_lines.line import LogLevel, LogLine, read_log_line
from cluster_doctor.snapshot.log_lines.mining import TemplateMiner, is_frame
from cluster_doctor.snapshot.log_lines.told import read_told
from cluster_doctor.snapshot.log_lines.trouble import RANK, Trouble
from cluster_doctor.snapshot.records import ContainerLog
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

MOST_LINES = 20_000
"""Lines of one log that are read, from its end."""
MOST_IN_ALL = 200_000
BASELINE = 10
"""Lines from before, below which nothing of a workload is called new."""
_MOST_WORKLOADS = 20
_LOOKS = 5
"""Lines of one template that are read for what they are evidence for: what they share is what makes them one."""


@dataclass(frozen=True, slots=True)
class Said:
    """A line as it counts: where it stands, and whether it is from before what is looked at."""

    log: ContainerLog
    position: int
    workload: ObjectRef
    line: LogLine
    before: bool


@dataclass(slots=True)
class _Seen:
    """What was met of one template."""

    example: Said | None = None
    count: int = 0
    earlier: int = 0
    level: LogLevel | None = None
    trouble: Trouble | None = None
    first: datetime | None = None
    last: datetime | None = None
    workloads: set[ObjectRef] = field(default_factory=set)

    def take(self, said: Said, trouble: Trouble | None) -> None:
        if said.before:
            self.earlier += 1
            return
        self.count += 1
        self.workloads.add(said.workload)
        self.example = said  # the newest shows best what is so now
        level, moment = said.line.level, said.line.moment
        if level is not None and (self.level is None or level > self.level):
            self.level = level
        if trouble is not None and (self.trouble is None or RANK[trouble] < RANK[self.trouble]):
            self.trouble = trouble
        if moment is not None:
            self.first = min(self.first or moment, moment)
            self.last = max(self.last or moment, moment)


class PatternCount:
    """Counts lines by template, those from before apart."""

    def __init__(self) -> None:
        """Begin with none."""
        self._miner = TemplateMiner()
        self._seen: dict[int, _Seen] = defaultdict(_Seen)
        self._earlier: dict[ObjectRef, int] = defaultdict(int)
        self.lines = self.undated = self.left_out = 0

    def take(self, said: Said) -> None:
        """Count one line."""
        raw, level = said.log.lines[said.position], said.line.level
        number = self._miner.add(said.line.text, alarming=level is not None and level > LogLevel.INFO)
        if number is None and read_told(raw):
            number = self._miner.add(said.line.text, alarming=True)
        if number is None:
            self.left_out += 1
            return
        seen = self._seen[number]
        told = read_told(raw) if seen.count + seen.earlier < _LOOKS else None
        seen.take(said, told.trouble if told else None)
        if said.before:
            self._earlier[said.workload] += 1
        else:
            self.lines += 1
            self.undated += said.line.moment is None

    def patterns(self) -> tuple[LogPattern, ...]:
        """List what was counted: new ones first, then by level and count."""
        found = [pattern for number, seen in self._seen.items() if (pattern := self._pattern(number, seen))]
        return tuple(sorted(found, key=_order))

    def _pattern(self, number: int, seen: _Seen) -> LogPattern | None:
        if seen.example is None:
            return None
        known = all(self._earlier[workload] >= BASELINE for workload in seen.workloads)
        return LogPattern(
            template=self._miner.template(number),
            count=seen.count,
            level=seen.level.name if seen.level is not None else "",
            trouble=seen.trouble.value if seen.trouble else "",
            first_seen=seen.first,
            last_seen=seen.last,
            workloads=tuple(sorted(seen.workloads))[:_MOST_WORKLOADS],
            is_new=False if seen.earlier else (True if known else None),
            example=seen.example.log.cite(seen.example.position),
        )


def find_patterns(
    cluster: ClusterSnapshot, namespaces: tuple[str, ...] = (), since: datetime | None = None
) -> LogReport:
    """Count the lines of all logs of a scope by pattern.

    Args:
        cluster: the picture with the logs.
        namespaces: whose logs; none means all.
        since: where the window begins; what was said before, and the log of an instance before, is what it is compared
            with. Without it all of a log is looked at, and only instances before are compared with.
    """
    counted = PatternCount()
    logs = [log for log in cluster.logs if not namespaces or log.subject.namespace in namespaces]
    rest = MOST_IN_ALL
    for log in logs:
        workload = cluster.workload_ref(log.subject)
        first = max(0, len(log.lines) - min(MOST_LINES, rest))
        rest -= len(log.lines) - first
        counted.left_out += first
        for said in _said(log, workload, first, since):
            counted.take(said)
    return LogReport(
        source=cluster.source,
        taken_at=cluster.taken_at,
        since=since,
        lines=counted.lines,
        undated=counted.undated,
        left_out=counted.left_out,
        workloads=tuple(sorted({cluster.workload_ref(log.subject) for log in logs})),
        patterns=counted.patterns(),
        gaps=tuple(gap for gap in cluster.coverage.gaps if gap.kind in {"Log", "Pod"}),
    )


def _said(log: ContainerLog, workload: ObjectRef, first: int, since: datetime | None) -> Iterator[Said]:
    for position, line in read_lines(log, first):
        dated = since is not None and line.moment is not None
        before = line.moment < since if dated and since and line.moment else log.previous
        yield Said(log, position, workload, line, before)


def read_lines(log: ContainerLog, first: int = 0) -> Iterator[tuple[int, LogLine]]:
    """Read the lines of a log that begin something; frames of a stack belong to the line before."""
    for position in range(first, len(log.lines)):
        line = read_log_line(log.lines[position])
        if not is_frame(line.text):
            yield position, line


def count_patterns(said: Iterable[Said]) -> tuple[LogPattern, ...]:
    """Count lines by pattern."""
    counted = PatternCount()
    for one in said:
        counted.take(one)
    return counted.patterns()


def _order(pattern: LogPattern) -> tuple[object, ...]:
    level = LogLevel[pattern.level] if pattern.level else LogLevel.INFO
    grave = max(level, LogLevel.WARNING) if pattern.trouble else level
    return not pattern.is_new, -grave, -pattern.count, pattern.template
