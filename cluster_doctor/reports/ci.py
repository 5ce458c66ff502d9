"""A failed run's diagnosis, as text, JSON and Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.ci import CiFailure, CiReport, CiTie
from cluster_doctor.reports.lines import Line, Tone, wrap
from cluster_doctor.reports.markdown import safe, span
from cluster_doctor.reports.plain import one_line, plain_json

MOST_SHOWN = 10
"""Failures and ties that are shown as text; the JSON form has them all."""


def ci_json(report: CiReport) -> str:
    """Write it as JSON; `docs/ci.schema.json` describes it."""
    return plain_json(report.model_dump(mode="json"))


def ci_lines(report: CiReport, width: int = 80) -> Iterator[Line]:
    """Write it line by line, most important first."""
    yield from wrap(_headline(report), width, tone=Tone.BAD if report.failures else Tone.UNSURE)
    for number, failure in enumerate(report.failures[:MOST_SHOWN], 1):
        yield Line("")
        yield from _failure(number, failure, width)
    if len(report.failures) > MOST_SHOWN:
        yield Line(f"… and {len(report.failures) - MOST_SHOWN} more; --output json has them all")
    if report.cluster:
        yield Line("")
        yield Line("In the cluster", Tone.HEADING)
        yield from _cluster(report, width)
    for note in report.notes:
        yield from wrap(note, width, "! ", Tone.UNSURE)
    yield Line("")
    yield from wrap(_origin(report), width)


def ci_markdown(report: CiReport) -> str:
    """Write it as Markdown. Text from the log can form no link, image or HTML."""
    return "\n".join(_markdown(report)) + "\n"


def _headline(report: CiReport) -> str:
    if not report.failures:
        return "No step that failed was found"
    first = report.failures[0]
    more = f", and {len(report.failures) - 1} more" if len(report.failures) > 1 else ""
    return f"FAILED [{first.failure.value}]  {first.statement}{more}"


def _failure(number: int, failure: CiFailure, width: int) -> Iterator[Line]:
    yield Line(one_line(f"{number}. Job {failure.job}, step {failure.step}  ({failure.failure.value})"), Tone.HEADING)
    yield from wrap(failure.statement, width, "  ", Tone.BAD)
    if failure.place:
        yield from wrap(f"at {failure.place}", width, "  ")
    for cited in (failure.first, *failure.more):
        yield from wrap(f"{cited.log}, line {cited.line}: {cited.text}", width, "    - ")
    if failure.count > 1:
        yield Line(f"    {failure.count} of its kind in this step")
    yield from wrap(failure.next_step, width, "  do: ", Tone.GOOD)


def _cluster(report: CiReport, width: int) -> Iterator[Line]:
    if not report.ties:
        yield from wrap(f"Nothing in {report.cluster} is known to come from this run", width, "  ")
    for tie in report.ties[:MOST_SHOWN]:
        yield from wrap(tie.statement, width, "  - ", Tone.BAD if tie.causes else Tone.PLAIN)
        yield from wrap(f"known by: {tie.how}", width, "    ")


def _origin(report: CiReport) -> str:
    named = [part for part in (report.repository, report.workflow, report.branch) if part]
    if report.commit:
        named.append(f"commit {report.commit[:10]}")
    return (
        "Run "
        + ", ".join([report.number, *named] if report.number else named or ["of unknown origin"])
        + (f", from {report.source}")
    )


def _markdown(report: CiReport) -> Iterator[str]:
    yield f"# {safe(_headline(report))}"
    for number, failure in enumerate(report.failures, 1):
        yield f"\n## {number}. Job {safe(failure.job)}, step {safe(failure.step)}\n"
        place = f" at {span(failure.place)}" if failure.place else ""
        yield f"**{safe(failure.statement)}** ({failure.failure.value}){place}\n"
        for cited in (failure.first, *failure.more):
            yield f"- {safe(cited.log)}, line {cited.line}: {span(cited.text)}"
        yield f"\nDo: {safe(failure.next_step)}"
    if report.cluster:
        yield "\n## In the cluster\n"
        yield from (_tie(tie) for tie in report.ties)
        if not report.ties:
            yield f"Nothing in {safe(report.cluster)} is known to come from this run"
    yield from (f"\n> {safe(note)}" for note in report.notes)
    yield f"\n---\n{safe(_origin(report))}"


def _tie(tie: CiTie) -> str:
    return f"- {safe(tie.statement)} (known by: {safe(tie.how)})"
