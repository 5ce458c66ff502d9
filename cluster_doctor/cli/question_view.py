"""What a person sees who is asked whether changes shall be made: each change, its risk, and the cluster."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.rehearsal import Rehearsal
from cluster_doctor.domain.remediation import RemediationStep, Risk
from cluster_doctor.domain.report import Remediation, Report
from cluster_doctor.domain.step_keys import plan_of, steps_of_all
from cluster_doctor.reports import wording
from cluster_doctor.reports.lines import Line, Tone, wrap
from cluster_doctor.reports.plain import harmless, one_line
from cluster_doctor.reports.rehearsal import identity_line

MOST_DIFF = 20
"""Lines of a file's diff within the question; the report above it has more of them."""
_RISKS = list(Risk)
_HOW = (
    "y: what is marked. Numbers: just those. N: nothing. why: the evidence. edit: mark others. "
    "later: leave the question to somebody else."
)
_HOW_TO_EXPORT = "y: write them. N: do not. why: the evidence. later: leave the question to somebody else."


def question_lines(report: Report, rehearsal: Rehearsal, chosen: Collection[str], width: int) -> Iterator[Line]:
    """Show what is offered, what of it `y` means, and on which cluster.

    Args:
        report: what was found, with the plans.
        rehearsal: what trying them showed.
        chosen: the keys that `y` stands for.
        width: letters on a line.
    """
    done = report.remediation or Remediation()
    steps = dict(steps_of_all(done.plans))
    yield Line("")
    yield Line("Shall this be done?", Tone.HEADING)
    yield from _cluster(rehearsal.identity or report.identity, width)
    for proposal in rehearsal.offered_proposals:
        carried = [steps[key] for key in proposal.carries if key in steps]
        yield from _title(proposal.key, f"put on a branch of its own: {proposal.title}", chosen, width)
        yield from wrap(
            f"risk: {_risk(carried)}; nothing is merged and nothing is applied to the cluster", width, "      "
        )
        for file in proposal.files:
            lines = file.diff.splitlines()
            yield from (_diff_line(line) for line in lines[:MOST_DIFF])
            if len(lines) > MOST_DIFF:
                yield Line(f"      … and {len(lines) - MOST_DIFF} more lines, in the report")
    for step in rehearsal.offered:
        instead = "instead, " if step.is_alternative else ""
        yield from _title(step.key, f"{instead}in the cluster now: {step.title}", chosen, width)
        planned = steps.get(step.key)
        back = "is taken back if it does not heal" if step.undo_tried else "cannot be taken back"
        yield from wrap(f"risk: {_risk([planned] if planned else [])}; {back}", width, "      ")
        for edit in step.diff:
            yield from wrap(str(edit), width, "      ")
    for key, verdict in rehearsal.offers.items():
        if verdict.approvals > 1 or verdict.approvers:
            who = f" of {', '.join(verdict.approvers)}" if verdict.approvers else ""
            people = "1 person has" if verdict.approvals == 1 else f"{verdict.approvals} people have"
            yield from wrap(f"{key}: {people} to approve{who}", width, "  ", Tone.UNSURE)
    yield from wrap(_HOW, width)


def export_lines(report: Report, width: int) -> Iterator[Line]:
    """Show what would be written down, where nothing can be changed from here."""
    done = report.remediation or Remediation()
    yield Line("")
    yield Line("Shall these plans be exported, as patches and the text of a pull request?", Tone.HEADING)
    yield from _cluster(report.identity, width)
    for number, plan in enumerate(done.plans, 1):
        yield from wrap(f"{plan.summary} (risk: {_risk(plan.steps)})", width, f"  {number}  ")
    yield from wrap("Files are written on this machine; nothing is applied to the cluster.", width, "  ")
    yield from wrap(_HOW_TO_EXPORT, width)


def why_lines(report: Report, chosen: Collection[str], width: int) -> Iterator[Line]:
    """Show what a plan rests on: the cause with its evidence, what must hold first, what shows that it worked."""
    done = report.remediation or Remediation()
    wanted = {plan_of(key) for key in chosen} or set(range(1, len(done.plans) + 1))
    causes = {cause.fingerprint: cause for cause in report.root_causes}
    for number, plan in enumerate(done.plans, 1):
        if number not in wanted:
            continue
        cause = causes.get(plan.fingerprint)
        yield Line("")
        yield from wrap(f"Why {number}: {plan.summary}", width, tone=Tone.HEADING)
        yield from wrap(plan.cause, width, "  ", Tone.BAD)
        if cause:
            yield from wrap(f"{cause.confidence:.0%} sure: {cause.confidence_basis}", width, "  ")
            for link in cause.chain[1:]:
                seen = "" if link.observed else " (inferred)"
                yield from wrap(f"{link.subject}: {link.statement}{seen}", width, "    -> ")
            for fact in cause.evidence:
                yield from wrap(wording.fact(fact), width, "    - ")
                if fact.command:
                    yield Line(f"      $ {one_line(fact.command)}", Tone.COMMAND)
        for step in plan.steps:
            yield from wrap(step.precondition, width, "  first: ")
            yield from wrap(step.check, width, "  check: ")
            yield from wrap(step.undo, width, "  undo:  ")


def _cluster(identity: ClusterIdentity | None, width: int) -> Iterator[Line]:
    yield from wrap(identity_line(identity) if identity else "cluster: not known", width, "  ")


def _title(key: str, title: str, chosen: Collection[str], width: int) -> Iterator[Line]:
    mark = "[x]" if key in chosen else "[ ]"
    yield from wrap(f"{key} {title}", width, f"  {mark} ", Tone.GOOD if key in chosen else Tone.UNSURE)


def _risk(steps: Collection[RemediationStep]) -> str:
    """The highest of some risks."""
    return max((step.risk for step in steps), key=_RISKS.index).value if steps else "not known"


def _diff_line(line: str) -> Line:
    tone = {"+": Tone.GOOD, "-": Tone.BAD}.get(line[:1], Tone.PLAIN)
    return Line(f"      {harmless(line.expandtabs(4))}", tone)
