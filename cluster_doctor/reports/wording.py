"""How the parts of a report are put into words, the same in every form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from pydantic import JsonValue

from cluster_doctor.domain import lacks
from cluster_doctor.domain.change import Change, FieldChange, PriorChange, Touch
from cluster_doctor.domain.diagnosis import FoundBy, NextProbe, RootCause, Status
from cluster_doctor.domain.evidence import Evidence, EvidenceSource
from cluster_doctor.domain.findings import Finding
from cluster_doctor.domain.incident import Claim, ClaimVerdict
from cluster_doctor.domain.inquiry import Lead
from cluster_doctor.domain.log_pattern import LogChange, LogPattern
from cluster_doctor.domain.model_use import ModelUse
from cluster_doctor.domain.proposal import ProposalOutcome, ProposalState
from cluster_doctor.domain.recurrence import Likeness, PastIncident, Recurrence
from cluster_doctor.domain.remediation import Decision, Outcome
from cluster_doctor.domain.report import Report
from cluster_doctor.domain.runbook import RunbookMatch
from cluster_doctor.domain.triage import Priority
from cluster_doctor.reports.plain import one_line

LONGEST_VALUE = 200


def headline(report: Report) -> str:
    """The result in one line."""
    match report.status:
        case Status.RESOLVED:
            first = report.root_causes[0]
            more = len(report.root_causes) - 1
            what = "a value is wrong" if first.found_by is FoundBy.MODEL else first.rule.replace("_", " ")
            return f"{first.subject}: {what}" + (f", and {more} more" if more else "")
        case Status.UNRESOLVED:
            return "Something is wrong, or could not be looked at; no root cause is proven"
        case Status.HEALTHY:
            return "Nothing is wrong in what was looked at"


def ended(status: Status) -> str:
    """How a diagnosis ended, for somebody who does not know what a resolved diagnosis is."""
    match status:
        case Status.RESOLVED:
            return "Root cause found"
        case Status.UNRESOLVED:
            return "Unresolved"
        case Status.HEALTHY:
            return "Healthy"


def priority(told: Priority) -> str:
    """What a priority asks for."""
    match told:
        case Priority.P1:
            return "wake somebody"
        case Priority.P2:
            return "today"
        case Priority.P3:
            return "this week"
        case Priority.P4:
            return "when convenient"


def warnings(report: Report) -> tuple[str, ...]:
    """What has to be known before anything else: that a report only supposes, or that it may be of another cluster."""
    supposed = tuple(f"Not how the cluster is: this supposes that {sentence}" for sentence in report.varied)
    return (*supposed, report.identity_note) if report.identity_note else supposed


def since(cause: RootCause, report: Report) -> str:
    """When a cause began and how long that is, empty if it is not known."""
    if cause.since is None:
        return ""
    return f"{moment(cause.since)} ({age(report.taken_at - cause.since)} before this picture)"


def moment(when: datetime) -> str:
    """A point in time."""
    return f"{when:%Y-%m-%d %H:%M:%S} UTC"


def age(span: timedelta) -> str:
    """A span of time in the unit that suits it."""
    seconds = max(span.total_seconds(), 0)
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def took(span: timedelta) -> str:
    """How long something took, also where that is less than a second."""
    return f"{span.total_seconds() * 1000:.0f} ms" if span < timedelta(seconds=1) else age(span)


def fact(evidence: Evidence) -> str:
    """What was observed, where."""
    match evidence.source:
        case EvidenceSource.ABSENCE:
            return f"{evidence.subject} does not exist"
        case EvidenceSource.OBJECT:
            return f"{evidence.subject}: {evidence.path} = {value(evidence.value)}"
        case EvidenceSource.EVENT | EvidenceSource.ALERT | EvidenceSource.NODE_SERVICE | EvidenceSource.PROBE:
            return f"{evidence.subject}: {evidence.path}: {value(evidence.value)}"
        case EvidenceSource.LOG | EvidenceSource.METRIC | EvidenceSource.TEXT:
            return f"{evidence.subject}: {evidence.source.value} {evidence.path}: {value(evidence.value)}"


def value(raw: JsonValue) -> str:
    """An observed value, cut where it is long."""
    if raw is None:
        return "not set"
    shown = one_line(raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False))
    return shown if len(shown) <= LONGEST_VALUE else f"{shown[: LONGEST_VALUE - 1]}…"


def sure(cause: RootCause) -> str:
    """How sure a cause is, and who found it where that was not the rules."""
    found = ", found by a model" if cause.found_by is FoundBy.MODEL else ""
    return f"{cause.confidence:.0%} sure, {cause.severity}{found}"


def open_leads(report: Report) -> tuple[Lead, ...]:
    """What a model proposed and evidence does not carry."""
    return tuple(lead for lead in report.leads if lead.outcome)


def lead(told: Lead) -> str:
    """A model's lead, with why it is no root cause."""
    return f"{told.subject}: {told.statement} ({told.confidence:.0%}; {told.outcome})"


def model_use(use: ModelUse) -> str:
    """What a model did in a run, and what that took."""
    spent = use.usage
    cost = f", {spent.usd:.4f} US dollars" if spent.usd else ""
    return f"{use.name}: {spent.calls} calls, {spent.tokens:,} tokens, {spent.seconds:.0f} s{cost}"


def due(prediction: Finding) -> str:
    """When a prediction comes true."""
    return f"due {prediction.due:%Y-%m-%d %H:%M} UTC" if prediction.due else "no date: it hangs on what is done next"


def prior(told: PriorChange) -> str:
    """A change before a cause: when, what, and how it touches the cause."""
    when = dated(told.change)
    if told.lead is not None:
        early = age(timedelta(seconds=told.lead))
        when += f", {early} before the first symptom" if told.lead >= 1 else ", with the first symptom"
    return f"{when}: {told.change.subject}: {told.change.statement}{by(told.change)} [{_touches(told)}]"


def _touches(told: PriorChange) -> str:
    match told.touch:
        case Touch.FIELD:
            return "made what the cause names"
        case Touch.OBJECT:
            return "the same object"
        case Touch.RELATED:
            return "what it depends on"


def dated(change: Change) -> str:
    """When something changed."""
    return moment(change.at) if change.at else "time not known"


def by(change: Change) -> str:
    """Who made a change, where that is known and not said already."""
    return f", by {change.by}" if change.by and change.by not in change.statement else ""


def field(told: FieldChange) -> str:
    """One field before and after."""
    return f"{told.path}: {value(told.before)} -> {value(told.after)}"


def refuted(report: Report) -> tuple[Claim, ...]:
    """What the report got wrong."""
    return tuple(claim for claim in report.claims if claim.verdict is ClaimVerdict.REFUTED)


def unproven(report: Report) -> tuple[Claim, ...]:
    """What could be neither confirmed nor refuted."""
    return tuple(claim for claim in report.claims if claim.verdict is ClaimVerdict.UNVERIFIABLE)


def confirmed(report: Report) -> tuple[Claim, ...]:
    """What the report got right."""
    return tuple(claim for claim in report.claims if claim.verdict is ClaimVerdict.CONFIRMED)


def probe(told: NextProbe) -> str:
    """What to read, and what that would decide."""
    where = f" in {told.namespace}" if told.namespace else ""
    shown = ", ".join(told.decides[:4]) + (f" and {len(told.decides) - 4} more" if len(told.decides) > 4 else "")
    return f"{told.kind}{where}: would decide {shown}"


def unchecked(report: Report) -> str:
    """How many rules could not judge for lack of what they need, and what that is."""
    if not report.rules_unknown:
        return ""
    return "; ".join(_unjudged(report.rules_unknown))


def _unjudged(unknown: Mapping[str, str]) -> Iterator[str]:
    kinds = sorted({kind for lacked in unknown.values() for kind in lacks.unread(lacked)})
    if kinds:
        count = sum(1 for lacked in unknown.values() if lacks.unread(lacked))
        checks = "1 check" if count == 1 else f"{count} checks"
        yield f"{checks} could not judge, because nobody read: {', '.join(kinds)}"
    for rule, lacked in sorted(unknown.items()):
        yield from (f"check {rule} could not judge: {reason}" for reason in lacks.reasons(lacked))


def log_change(told: LogChange) -> str:
    """Since when a workload says what it did not say before."""
    when = f" at {moment(told.at)}" if told.at else ""
    return f"New in the logs of {told.subject} since the {told.change}{when}"


def pattern(told: LogPattern) -> str:
    """How often lines of a form were logged, how bad they are, and how they read."""
    grade = " ".join(word for word in (told.level, f"({told.trouble})" if told.trouble else "") if word)
    return f"{told.count} times {f'{grade} ' if grade else ''}{value(told.template)}"


def seen_before(told: Recurrence) -> str:
    """How often something like a cause was seen before, and when last."""
    last = told.last
    times = "once" if told.times == 1 else f"{told.times} times"
    where = " in another cluster" if last.other_cluster else ""
    latest = f"last on {moment(last.at)}{where} in run {last.run_id} ({judged(last)})"
    match told.likeness:
        case Likeness.LASTING:
            return f"Looked at already, and still the same: {times}, {latest}"
        case Likeness.SAME:
            return f"Seen before: {times}, {latest}"
        case Likeness.CAUSE:
            return f"The same cause, with other symptoms, seen before: {times}, {latest}"
        case Likeness.KIND:
            return f"The same kind of cause elsewhere: {times}, {latest}, at {last.subject}"


def judged(past: PastIncident) -> str:
    """Whether a person said that a past cause was right, or a run saw what healed it."""
    if past.judgement is None:
        return f"seen to heal by: {past.healed_by}" if past.healed_by else "not confirmed"
    return "confirmed" if past.judgement.confirmed else "marked wrong"


def judgement(past: PastIncident) -> str:
    """What a person said of a past cause."""
    said = past.judgement
    if said is None:
        return ""
    who = f"by {said.by} on {moment(said.at)}, run {past.run_id}"
    verdict = f"confirmed {who}" if said.confirmed else f"a person marked this cause wrong: {who}"
    return f"{verdict}; what helped: {said.helped}" if said.helped else verdict


def show_run(past: PastIncident) -> str:
    """The command that shows the run of a past incident."""
    return f"cluster-doctor runs show {past.run_id}"


def runbook(told: RunbookMatch) -> str:
    """A runbook, where to open it, and why it fits."""
    place = f"{told.file}:{told.line}"
    below = f", “{told.heading}”" if told.heading and told.heading != told.title else ""
    address = f", {told.url}" if told.url else ""
    return f"{told.title} ({place}{below}{address}): matched by {', by '.join(told.reasons)}"


def outcome(told: Outcome | None) -> str:
    """What became of the plans."""
    if told is None:
        return "Waits for approval."
    match told.decision:
        case Decision.DECLINE:
            return f"Not approved: {told.note}" if told.note else "Not approved."
        case Decision.APPROVE:
            said = f"{told.note[:1].upper()}{told.note[1:]}. Written: {', '.join(told.exported) or 'nothing'}"
            left = f"To be seen to: {told.escalated}" if told.escalated else ""
            return ". ".join(part for part in (said, *map(proposal, told.proposals), left) if part)


def proposal(told: ProposalOutcome) -> str:
    """What became of one change of a repository."""
    because = f": {told.note}" if told.note else ""
    match told.state:
        case ProposalState.CREATED | ProposalState.UPDATED | ProposalState.UNCHANGED:
            return f"Proposed, waits for its merge: {where_proposed(told)}{because}"
        case ProposalState.MERGED:
            return f"Merged as {told.commit[:12]}: {where_proposed(told)}"
        case ProposalState.CLOSED:
            return f"Closed without a merge: {where_proposed(told)}{because}"
        case ProposalState.REPORTED:
            return f"Reported as an issue: {told.url or told.repository}"
        case ProposalState.REFUSED:
            return f"Not proposed to {told.repository}{because}"


def where_proposed(told: ProposalOutcome) -> str:
    """Branch, target and repository of a proposal, and where people look at it."""
    at = f" ({told.url})" if told.url else ""
    return f"{told.branch} into {told.base} of {told.repository}{at}"
