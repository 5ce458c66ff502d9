"""The result of a scan for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.findings import Severity, Stage
from cluster_doctor.domain.scan import ScanFinding, ScanReport
from cluster_doctor.reports import wording
from cluster_doctor.reports.lines import Line, Tone
from cluster_doctor.reports.plain import one_line
from cluster_doctor.reports.scan import words
from cluster_doctor.reports.text import MOST_LINES


def scan_lines(scan: ScanReport) -> Iterator[Line]:
    """Write a scan's result line by line."""
    for found in scan.findings:
        yield from _finding(found)
    if not scan.findings:
        yield Line("No new findings." if scan.compared else "No findings.", Tone.GOOD)
    if scan.predictions:
        yield Line("Coming up", Tone.HEADING)
    for found in scan.predictions:
        yield from _finding(found)
        yield Line(f"           {wording.due(found)}: {one_line(found.arithmetic)}")
    yield from _set_aside(scan)
    yield from _blind_spots(scan)


def _set_aside(scan: ScanReport) -> Iterator[Line]:
    """What is not told, and what became of those decisions."""
    if scan.suppressed:
        yield Line(f"-        {words.counted(len(scan.suppressed), 'finding')} suppressed")
    if scan.known:
        yield Line(f"-        {words.counted(len(scan.known), 'finding')} known from the baseline")
    for past in scan.gone:
        yield Line(f"gone     {one_line(f'{past.subject}: {past.message}')} [{past.rule}]", Tone.GOOD)
    remarks = [
        *(words.expired(entry) for entry in scan.suppressions_expired),
        *(words.unused(entry) for entry in scan.suppressions_unused),
    ]
    for remark in remarks:
        yield Line(f"!        {one_line(remark)}", Tone.UNSURE)


def _blind_spots(scan: ScanReport) -> Iterator[Line]:
    told = [str(gap) for gap in scan.gaps[:MOST_LINES]]
    if len(scan.gaps) > MOST_LINES:
        told.append(f"… and {words.counted(len(scan.gaps) - MOST_LINES, 'more gap')}")
    if scan.unverified:
        told.append(f"{words.counted(len(scan.unverified), 'finding')} of the baseline could not be looked for")
    if scan.could_not_check:
        told.append(words.could_not_check(scan))
    for text in told:
        yield Line(f"?        {one_line(text)}", Tone.UNSURE)


def _finding(found: ScanFinding) -> Iterator[Line]:
    now = found.stage is not Stage.PREDICTION or found.near
    tone = Tone.BAD if now and found.severity >= Severity.ERROR else Tone.UNSURE
    said = one_line(f"{found.subject}: {found.message}")
    yield Line(f"{found.severity.name:8} {said} [{found.rule}, {words.role(found)}]", tone)
    if found.location:
        yield Line(f"           at {one_line(str(found.location))}", Tone.COMMAND)
    elif found.evidence and found.evidence[0].command:
        yield Line(f"           $ {one_line(found.evidence[0].command)}", Tone.COMMAND)
