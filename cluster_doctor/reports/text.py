"""The report for a person at a terminal, at night, on 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.change import Change, PriorChange
from cluster_doctor.domain.diagnosis import RootCause, Status
from cluster_doctor.domain.remediation import RemediationPlan, RemediationStep
from cluster_doctor.domain.report import Report
from cluster_doctor.reports import wording
from cluster_doctor.reports.lines import Line, Tone, wrap
from cluster_doctor.reports.plain import one_line
from cluster_doctor.reports.rehearsal import rehearsal_lines, step_outcome

MOST_CAUSES = 5
MOST_LINES = 8
"""Members of a long list that are shown; the JSON form has them all."""


def render_text(report: Report, width: int = 80) -> str:
    """Write a report as plain text; nothing in it can steer a terminal."""
    return "".join(f"{line.text}\n" for line in text_lines(report, width))


def text_lines(report: Report, width: int = 80) -> Iterator[Line]:
    """Write a report line by line, most important first.

    Commands are never broken, so that they can be copied; they may be wider than `width`.
    """
    yield from _head(report, width)
    yield from _claims(report, width)
    for number, cause in enumerate(report.root_causes[:MOST_CAUSES], 1):
        yield from _cause(number, cause, report, width)
    if len(report.root_causes) > MOST_CAUSES:
        yield Line(f"  … and {len(report.root_causes) - MOST_CAUSES} more causes; --output json has them all")
    yield from _unexplained(report, width)
    yield from _leads(report, width)
    yield from _log_changes(report, width)
    yield from _triage(report, width)
    yield from _coming_up(report, width)
    yield from _remedy(report, width)
    yield from _ruled_out(report, width)
    yield from _blind_spots(report, width)
    yield Line("")
    if report.model:
        yield from wrap(f"Model {wording.model_use(report.model)}", width)
        for note in report.model.notes[:MOST_LINES]:
            yield from wrap(f"the model was not heard to the end: {note}", width, "  ! ", Tone.UNSURE)
    yield from wrap(f"Run {report.run_id}, from {report.source}, as of {wording.moment(report.taken_at)}", width)


def _head(report: Report, width: int) -> Iterator[Line]:
    tone = {Status.RESOLVED: Tone.BAD, Status.UNRESOLVED: Tone.UNSURE, Status.HEALTHY: Tone.GOOD}[report.status]
    priority = f" [{report.triage.priority.value}]" if report.triage else ""
    yield from wrap(f"{report.status.value.upper()}{priority}  {wording.headline(report)}", width, tone=tone)
    for warning in wording.warnings(report):
        yield from wrap(f"! {warning}", width, tone=Tone.UNSURE)


def _claims(report: Report, width: int) -> Iterator[Line]:
    wrong, open_claims, right = wording.refuted(report), wording.unproven(report), wording.confirmed(report)
    if wrong:
        yield from _heading("Not as reported")
        for claim in wrong[:MOST_LINES]:
            yield from wrap(f"“{claim.text}”: {claim.reason}", width, "  x ", Tone.BAD)
            yield from _commands([fact.command for fact in claim.evidence[:1]])
    if open_claims:
        yield from _heading("Reported, but not to be checked")
        for claim in open_claims[:MOST_LINES]:
            yield from wrap(f"“{claim.text}”: {claim.reason}", width, "  ? ", Tone.UNSURE)
    if right:
        shown = "; ".join(claim.asserts for claim in right[:MOST_LINES])
        yield from wrap(f"Confirmed: {shown}", width, "", Tone.GOOD)


def _cause(number: int, cause: RootCause, report: Report, width: int) -> Iterator[Line]:
    yield from _heading(f"{number}. What is wrong  ({wording.sure(cause)})")
    yield from wrap(f"{cause.subject}: {cause.statement}", width, "  ", Tone.BAD)
    began = wording.since(cause, report)
    if began:
        yield from wrap(f"since {began}", width, "  ")
    if len(cause.chain) > 1:
        yield Line("  Why:")
        for link in cause.chain[1:]:  # its first link is what stands above
            seen = "" if link.observed else " (inferred)"
            yield from wrap(f"{link.subject}: {link.statement}{seen}", width, "    -> ")
    if cause.changes:
        yield Line("  What changed before:")
        yield from _changes(cause.changes, width, "    ")
    yield Line("  Evidence:")
    for fact in cause.evidence[:MOST_LINES]:
        yield from wrap(wording.fact(fact), width, "    - ")
        yield from _commands([fact.command], "      ")
    yield from _known(cause, width)


def _known(cause: RootCause, width: int) -> Iterator[Line]:
    for before in cause.seen_before:
        yield from wrap(wording.seen_before(before), width, "  ")
        for past in before.judged:
            yield from wrap(wording.judgement(past), width, "    - ")
        yield from _commands([wording.show_run(before.last)])
    if cause.runbooks:
        yield Line("  Runbooks:")
        for found in cause.runbooks:
            yield from wrap(wording.runbook(found), width, "    - ")


def _changes(changes: tuple[PriorChange, ...], width: int, lead: str) -> Iterator[Line]:
    for told in changes[:MOST_LINES]:
        yield from wrap(wording.prior(told), width, f"{lead}- ")
        yield from fields_changed(told.change, width, f"{lead}    ")


def fields_changed(change: Change, width: int, lead: str) -> Iterator[Line]:
    """The fields that a change touched, before and after."""
    for told in change.fields[:MOST_LINES]:
        yield from wrap(wording.field(told), width, lead)
    if len(change.fields) > MOST_LINES:
        yield Line(f"{lead}… and {len(change.fields) - MOST_LINES} more fields")


def _unexplained(report: Report, width: int) -> Iterator[Line]:
    if report.unexplained:
        yield from _heading("Seen, but not explained")
        for symptom in report.unexplained[:MOST_LINES]:
            yield from wrap(f"{symptom.subject}: {symptom.statement}", width, "  - ", Tone.UNSURE)
        yield from _more(report.unexplained)
    if report.changes:
        yield from _heading("What changed before")
        yield from _changes(report.changes, width, "  ")
        yield from _more(report.changes)
    if report.next_probes:
        yield from _heading("What would tell")
        for probe in report.next_probes:
            yield from wrap(wording.probe(probe), width, "  - ")
            yield from _commands([probe.command], "    ")


def _leads(report: Report, width: int) -> Iterator[Line]:
    leads = wording.open_leads(report)
    if leads:
        yield from _heading("What a model suspects; no proof")
        for lead in leads[:MOST_LINES]:
            yield from wrap(wording.lead(lead), width, "  - ", Tone.UNSURE)
            for said in (*lead.speaks_for, *lead.speaks_against)[:MOST_LINES]:
                against = "" if said in lead.speaks_for else "against it: "
                yield from wrap(f"{against}{said.text}", width, "    - ")
            if lead.unsupported:
                count = len(lead.unsupported)
                yield from wrap(f"{count} of its sentences are not shown by what they cite", width, "    ! ")
        yield from _more(leads)


def _log_changes(report: Report, width: int) -> Iterator[Line]:
    for change in report.log_changes[:MOST_CAUSES]:
        yield from _heading(wording.log_change(change))
        for pattern in change.patterns:
            yield from wrap(wording.pattern(pattern), width, "  - ", Tone.UNSURE)
            yield from _commands([pattern.example.command], "    ")


def _triage(report: Report, width: int) -> Iterator[Line]:
    triage = report.triage
    if triage is None:
        return
    yield from _heading(f"How bad: {triage.priority.value}")
    yield from wrap(f"Impact: {triage.impact}", width, "  ")
    yield from wrap(f"Urgency: {triage.urgency}", width, "  ")
    for reason in triage.reasons[:MOST_LINES]:
        yield from wrap(reason, width, "  - ")
    if triage.owner:
        yield from wrap(f"Owner: {triage.owner} (from {triage.owner_source})", width, "  ")


def _coming_up(report: Report, width: int) -> Iterator[Line]:
    if report.predictions:
        yield from _heading("Coming up")
        for coming in report.predictions[:MOST_LINES]:
            yield from wrap(f"{wording.due(coming)}: {coming.message}", width, "  - ", Tone.UNSURE)
            yield from wrap(coming.arithmetic, width, "    ")
            yield from wrap(f"do: {coming.remedy}", width, "    ")
        yield from _more(report.predictions)


def _remedy(report: Report, width: int) -> Iterator[Line]:
    if report.remediation is None:
        return
    yield from _heading("What to do")
    for plan in report.remediation.plans[:MOST_CAUSES]:
        yield from _plan(plan, width)
    if report.remediation.rehearsal:
        yield Line("")
        yield from rehearsal_lines(report.remediation.rehearsal, width)
        yield Line("")
    yield from wrap(wording.outcome(report.remediation.outcome), width, "  ")
    for step in report.remediation.outcome.steps if report.remediation.outcome else ():
        yield from wrap(step_outcome(step), width, "  - ")


def _plan(plan: RemediationPlan, width: int) -> Iterator[Line]:
    kept = f" (kept by {plan.managed_by})" if plan.managed_by else ""
    yield from wrap(f"{plan.summary}{kept}", width, "  ", Tone.GOOD)
    for step in plan.steps:
        yield from _step(step, width)
    for step in plan.alternatives:
        yield from wrap(f"or: {step.title} (risk: {step.risk.value})", width, "    ")
        yield from _commands([step.command], "        ")


def _step(step: RemediationStep, width: int) -> Iterator[Line]:
    yield from wrap(f"{step.instruction} (risk: {step.risk.value})", width, "    do:    ")
    yield from _commands([step.command], "           ")
    yield from wrap(step.precondition, width, "    first: ")
    yield from wrap(step.check, width, "    check: ")
    if step.undo.startswith("kubectl "):
        yield Line("    undo:")
        yield from _commands([step.undo], "           ")
    else:
        yield from wrap(step.undo, width, "    undo:  ")


def _ruled_out(report: Report, width: int) -> Iterator[Line]:
    if report.ruled_out:
        yield from _heading("Ruled out")
        for other in report.ruled_out[:MOST_LINES]:
            yield from wrap(f"{other.subject}: {other.statement}: {other.against}", width, "  - ")
        yield from _more(report.ruled_out)


def _blind_spots(report: Report, width: int) -> Iterator[Line]:
    unchecked = wording.unchecked(report)
    if report.gaps or unchecked or report.recall_notes:
        yield from _heading("What could not be seen")
        for gap in report.gaps[:MOST_LINES]:
            yield from wrap(str(gap), width, "  - ", Tone.UNSURE)
        yield from _more(report.gaps)
        if unchecked:
            yield from wrap(unchecked, width, "  - ", Tone.UNSURE)
        for note in report.recall_notes[:MOST_LINES]:
            yield from wrap(note, width, "  - ", Tone.UNSURE)
        yield from _more(report.recall_notes)


def _heading(text: str) -> Iterator[Line]:
    yield Line("")
    yield Line(one_line(text), Tone.HEADING)


def _more(members: tuple[object, ...]) -> Iterator[Line]:
    if len(members) > MOST_LINES:
        yield Line(f"  … and {len(members) - MOST_LINES} more")


def _commands(commands: list[str], lead: str = "      ") -> Iterator[Line]:
    for command in commands:
        if command:
            yield Line(f"{lead}$ {one_line(command)}", Tone.COMMAND)
