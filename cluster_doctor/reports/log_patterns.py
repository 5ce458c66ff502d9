"""What the logs of a scope say, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.log_pattern import LogPattern, LogReport
from cluster_doctor.reports import wording
from cluster_doctor.reports.lines import Line, Tone
from cluster_doctor.reports.plain import one_line
from cluster_doctor.reports.scan.words import counted

MOST_PATTERNS = 40
_ALARMING = {"WARNING", "ERROR"}


def log_lines(found: LogReport) -> Iterator[Line]:
    """Write the patterns line by line, new ones first; the JSON form has them all."""
    span = f" since {wording.moment(found.since)}" if found.since else ""
    yield Line(
        f"{counted(len(found.patterns), 'pattern')} in {counted(found.lines, 'line')} of "
        f"{counted(len(found.workloads), 'workload')}{span}",
        Tone.HEADING,
    )
    for pattern in found.patterns[:MOST_PATTERNS]:
        yield from _pattern(pattern)
    if len(found.patterns) > MOST_PATTERNS:
        yield Line(f"  … and {len(found.patterns) - MOST_PATTERNS} more; --output json has them all")
    if found.since and found.undated:
        yield Line(f"  {found.undated} lines bear no time and count as within the span", Tone.UNSURE)
    if found.left_out:
        yield Line(f"  {found.left_out} lines beyond the bounds were left out", Tone.UNSURE)
    for gap in found.gaps[:MOST_PATTERNS]:
        yield Line(f"  not seen: {one_line(str(gap))}", Tone.UNSURE)


def _pattern(pattern: LogPattern) -> Iterator[Line]:
    marks = [
        f"{pattern.count}x",
        "NEW" if pattern.is_new else "",
        pattern.level,
        pattern.trouble and f"({pattern.trouble})",
    ]
    if pattern.first_seen and pattern.last_seen:
        marks.append(f"{wording.moment(pattern.first_seen)} to {pattern.last_seen:%H:%M:%S}")
    more = f" and {len(pattern.workloads) - 3} more" if len(pattern.workloads) > 3 else ""
    who = ", ".join(map(str, pattern.workloads[:3])) + more
    alarming = pattern.trouble or pattern.level in _ALARMING
    yield Line("")
    yield Line(f"{' '.join(mark for mark in marks if mark)}  {one_line(who)}", Tone.BAD if alarming else Tone.PLAIN)
    yield Line(f"  {wording.value(pattern.template)}")
    yield Line(f"  $ {one_line(pattern.example.command)}", Tone.COMMAND)
