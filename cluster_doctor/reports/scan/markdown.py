"""The result of a scan for chats, tickets and pull requests."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.scan import ScanFinding, ScanReport
from cluster_doctor.reports import wording
from cluster_doctor.reports.markdown import safe, span
from cluster_doctor.reports.plain import one_line
from cluster_doctor.reports.scan import words


def render_scan_markdown(scan: ScanReport) -> str:
    """Write a scan's result as Markdown. Text from a cluster can form no link, image or HTML."""
    return "\n".join(_lines(scan)) + "\n"


def _lines(scan: ScanReport) -> Iterator[str]:
    yield f"# {safe(words.headline(scan))}"
    for found in scan.findings:
        yield from _finding(found)
    if scan.predictions:
        yield "\n## Coming up\n"
        for found in scan.predictions:
            yield f"- **{found.severity.name}**, {wording.due(found)}: {_short(found)}"
            yield f"  - {safe(found.arithmetic)}"
    if scan.suppressed:
        yield "\n## Suppressed\n"
        yield from (f"- {_short(found)}: {safe(words.suppressed(found))}" for found in scan.suppressed)
    if scan.known:
        yield "\n## Known from the baseline\n"
        yield from (f"- {_short(found)}" for found in scan.known)
    if scan.gone:
        yield "\n## Gone since the baseline\n"
        yield from (f"- {safe(f'{past.subject}: {past.message}')} ({span(past.rule)})" for past in scan.gone)
    entries = [
        *(words.expired(entry) for entry in scan.suppressions_expired),
        *(words.unused(entry) for entry in scan.suppressions_unused),
    ]
    if entries:
        yield "\n## Suppressions to look at\n"
        yield from (f"- {safe(entry)}" for entry in entries)
    if scan.gaps or scan.could_not_check or scan.unverified:
        yield "\n## What could not be checked\n"
        yield from (f"- {safe(str(gap))}" for gap in scan.gaps)
        yield from (f"- of the baseline: {safe(f'{past.subject}: {past.message}')}" for past in scan.unverified)
        yield from ([f"- {safe(words.could_not_check(scan))}"] if scan.could_not_check else [])
    yield f"\n---\nFrom {safe(scan.source)}"


def _finding(found: ScanFinding) -> Iterator[str]:
    yield f"\n## {found.severity.name}: {safe(str(found.subject))}\n"
    yield f"**{safe(found.message)}** ({words.role(found)}, rule {span(found.rule)})"
    yield ""
    if found.location:
        yield f"- at {span(one_line(str(found.location)))}"
    yield from (f"- {safe(wording.fact(fact))}" for fact in found.evidence)


def _short(found: ScanFinding) -> str:
    return f"{safe(f'{found.subject}: {found.message}')} ({span(found.rule)})"
