"""The report for chats, tickets and pull requests."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cluster_doctor.domain.change import PriorChange
from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.prediction import Prediction
from cluster_doctor.domain.remediation import RemediationStep
from cluster_doctor.domain.report import Remediation, Report
from cluster_doctor.reports import wording
from cluster_doctor.reports.plain import harmless, one_line
from cluster_doctor.reports.rehearsal import identity_line, objections, place_of, step_outcome

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+!|~@-])")


def render_markdown(report: Report) -> str:
    """Write a report as Markdown. Text from the cluster can form no link, image or HTML."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    priority = f" [{report.triage.priority.value}]" if report.triage else ""
    yield f"# {report.status.value.capitalize()}{priority}: {safe(wording.headline(report))}"
    yield from (f"\n> **{safe(warning)}**" for warning in wording.warnings(report))
    yield from _claims(report)
    for number, cause in enumerate(report.root_causes, 1):
        yield from _cause(number, cause, report)
    if report.unexplained:
        yield "\n## Seen, but not explained\n"
        yield from (f"- {safe(f'{symptom.subject}: {symptom.statement}')}" for symptom in report.unexplained)
    yield from _leads(report)
    if report.changes:
        yield "\n## What changed before\n"
        yield from _changes(report.changes)
    if report.next_probes:
        yield "\n## What would tell\n"
        yield from (f"- {safe(wording.probe(probe))}: {span(probe.command)}" for probe in report.next_probes)
    for change in report.log_changes:
        yield f"\n## {safe(wording.log_change(change))}\n"
        yield from (
            f"- {safe(wording.pattern(pattern))} {span(pattern.example.command)}" for pattern in change.patterns
        )
    yield from _triage(report)
    if report.predictions:
        yield "\n## Coming up\n"
        yield from (line for coming in report.predictions for line in _coming(coming))
    yield from _remedy(report)
    if report.ruled_out:
        yield "\n## Ruled out\n"
        yield from (f"- {safe(f'{other.subject}: {other.statement}: {other.against}')}" for other in report.ruled_out)
    unchecked = wording.unchecked(report)
    if report.gaps or unchecked or report.recall_notes:
        yield "\n## What could not be seen\n"
        yield from (f"- {safe(str(gap))}" for gap in report.gaps)
        yield from ([f"- {safe(unchecked)}"] if unchecked else [])
        yield from (f"- {safe(note)}" for note in report.recall_notes)
    yield f"\n---\nRun {span(report.run_id)}, from {safe(report.source)}, as of {wording.moment(report.taken_at)}"


def _leads(report: Report) -> Iterator[str]:
    leads = wording.open_leads(report)
    if leads:
        yield "\n## What a model suspects; no proof\n"
        yield from (f"- {safe(wording.lead(lead))}" for lead in leads)
    if report.model:
        yield f"\nModel {safe(wording.model_use(report.model))}\n"
        yield from (f"- not heard to the end: {safe(note)}" for note in report.model.notes)


def _claims(report: Report) -> Iterator[str]:
    for title, claims in (
        ("Not as reported", wording.refuted(report)),
        ("Reported, but not to be checked", wording.unproven(report)),
        ("Confirmed", wording.confirmed(report)),
    ):
        if claims:
            yield f"\n## {title}\n"
            yield from (f"- “{safe(claim.text)}”: {safe(claim.reason)}" for claim in claims)


def _cause(number: int, cause: RootCause, report: Report) -> Iterator[str]:
    yield f"\n## {number}. {safe(str(cause.subject))}\n"
    yield f"**{safe(cause.statement)}** ({wording.sure(cause)}, rule {span(cause.rule)})"
    began = wording.since(cause, report)
    if began:
        yield f"\nSince {began}"
    if len(cause.chain) > 1:
        yield "\nWhy:\n"
        for position, link in enumerate(cause.chain, 1):
            seen = "" if link.observed else " (inferred)"
            yield f"{position}. {safe(f'{link.subject}: {link.statement}')}{seen}"
    if cause.changes:
        yield "\nWhat changed before:\n"
        yield from _changes(cause.changes)
    yield "\nEvidence:\n"
    for fact in cause.evidence:
        command = f" {span(fact.command)}" if fact.command else ""
        yield f"- {safe(wording.fact(fact))}{command}"
    yield from _known(cause)


def _known(cause: RootCause) -> Iterator[str]:
    for before in cause.seen_before:
        yield f"\n{safe(wording.seen_before(before))}: {span(wording.show_run(before.last))}"
        if before.judged:
            yield ""
            yield from (f"- {safe(wording.judgement(past))}" for past in before.judged)
    if cause.runbooks:
        yield "\nRunbooks:\n"
        yield from (f"- {safe(wording.runbook(found))}" for found in cause.runbooks)


def _changes(changes: tuple[PriorChange, ...]) -> Iterator[str]:
    for told in changes:
        yield f"- {safe(wording.prior(told))}"
        yield from (f"  - {safe(wording.field(changed))}" for changed in told.change.fields)


def _triage(report: Report) -> Iterator[str]:
    if report.triage:
        triage = report.triage
        yield f"\n## How bad: {triage.priority.value}\n"
        yield f"- Impact: {safe(triage.impact)}"
        yield f"- Urgency: {safe(triage.urgency)}"
        yield from (f"- {safe(reason)}" for reason in triage.reasons)
        if triage.owner:
            yield f"- Owner: {safe(triage.owner)} (from {safe(triage.owner_source)})"


def _coming(coming: Prediction) -> Iterator[str]:
    yield f"- {wording.due(coming)}: {safe(coming.message)} ({coming.severity.name}, rule {span(coming.rule)})"
    yield f"  - {safe(coming.arithmetic)}"
    yield f"  - {safe(coming.remedy)}"


def _remedy(report: Report) -> Iterator[str]:
    if report.remediation is None:
        return
    yield "\n## What to do"
    for plan in report.remediation.plans:
        kept = f" (kept by {safe(plan.managed_by)})" if plan.managed_by else ""
        yield f"\n### {safe(plan.summary)}{kept}\n"
        for position, step in enumerate(plan.steps, 1):
            yield from _step(f"{position}.", step)
        for step in plan.alternatives:
            yield from _step("- Or:", step)
    yield from _tried(report.remediation)


def _tried(remediation: Remediation) -> Iterator[str]:
    """What trying the plans showed, and what became of them."""
    shown = remediation.rehearsal
    if shown and shown.proposals:
        yield "\n### Proposed changes, rehearsed\n"
        for proposal in shown.proposals:
            yield f"- {safe(proposal.key)} {safe(proposal.title)}"
            notes = (place_of(proposal), proposal.note, *objections(proposal))
            yield from (f"  - {safe(text)}" for text in notes if text)
            for file in proposal.files:
                yield f"\n{block(file.diff, 'diff')}\n"
    if shown and shown.steps:
        where = f" on {safe(identity_line(shown.identity))}" if shown.identity else ""
        yield f"\n### Steps in the cluster, rehearsed{where}\n"
        for step in shown.steps:
            yield f"- {safe(step.label)}"
            notes = (*map(str, step.diff), *objections(step), *(f"the server warns: {it}" for it in step.warnings))
            yield from (f"  - {safe(text)}" for text in notes)
    yield f"\n{safe(wording.outcome(remediation.outcome))}"
    if remediation.outcome and remediation.outcome.steps:
        yield ""
        yield from (f"- {safe(step_outcome(step))}" for step in remediation.outcome.steps)


def _step(mark: str, step: RemediationStep) -> Iterator[str]:
    yield f"{mark} {safe(step.instruction)} (risk: {step.risk.value})"
    if step.command:
        yield f"   - {span(step.command)}"
    yield f"   - first: {safe(step.precondition)}"
    yield f"   - check: {safe(step.check)}"
    yield f"   - undo: {span(step.undo) if step.undo.startswith('kubectl ') else safe(step.undo)}"


def safe(text: str) -> str:
    """Put text on one line in which nothing is markup."""
    return _SPECIAL.sub(r"\\\1", one_line(text)).replace("://", "\\://").replace("&", "&amp;")


def block(text: str, language: str = "") -> str:
    """Write a code block of several lines; its fence is longer than any run of backticks within."""
    shown = harmless(text)
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", shown)), 3)
    return f"{fence}{language}\n{shown}\n{fence}"


def span(text: str) -> str:
    """Write a code span; its fence is longer than any run of backticks within."""
    shown = one_line(text)
    fence = "`" * (max((len(run) for run in re.findall(r"`+", shown)), default=0) + 1)
    return f"{fence} {shown} {fence}" if len(fence) > 1 else f"`{shown}`"
