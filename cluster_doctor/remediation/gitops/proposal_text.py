"""What people read of a proposal: the text of a pull request or an issue, in Markdown as GitHub reads it.

All that comes from a cluster or a repository is other people's text. It forms no markup, mentions nobody, links to and
closes no issue, and is bounded. A backslash does not keep GitHub from making a mention, because that is looked for in
what Markdown has become; an invisible space within does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.proposal import RehearsedProposal
from cluster_doctor.domain.remediation import RemediationPlan, RemediationStep
from cluster_doctor.domain.step_keys import plan_of, steps_of
from cluster_doctor.remediation.gitops.forge import ProposalText
from cluster_doctor.reports import wording
from cluster_doctor.reports.markdown import safe, span
from cluster_doctor.reports.plain import one_line

LONGEST_TITLE = 200
LONGEST_LINE = 1_000
MOST_LINES = 20
"""Members of one list that are shown."""

_APART = "&#8203;"
_ADDRESS = re.compile(r"(?i)\b(www)(\\?\.)|(\bGH)(?=\\?-\d)|(?<=[@#])|(?<=:)(?=//)")
_PLAIN = re.compile(r"(?i)(?<!\w)@(?=\w)|#(?=\d)|\bGH(?=-\d)|:(?=//)")


def proposal_text(
    plan: RemediationPlan, cause: RootCause | None, rehearsed: RehearsedProposal, run_id: str
) -> ProposalText:
    """Say what a pull request changes, why, how it was checked and how it is taken back."""
    steps = list(_carried(plan, rehearsed.carries))
    parts = [
        *_why(plan, cause),
        "## What changes",
        "",
        *_list(span(file.path) for file in rehearsed.files),
        *_list(f"{quiet(str(step.target))}: {span(str(edit)[:LONGEST_LINE])}" for step in steps for edit in step.edits),
        "## How it was checked",
        "",
        *_list([quiet(rehearsed.note or "not rendered, not scanned")]),
        f"Read at commit {span(rehearsed.commit[:12])} of {span(rehearsed.base)}.",
        "",
        *_tests(plan, steps),
        *_care(steps),
        *_end(run_id),
    ]
    return ProposalText(plain_line(rehearsed.title or plan.summary), "\n".join(parts))


def issue_text(plan: RemediationPlan, cause: RootCause | None, problem: str, run_id: str) -> ProposalText:
    """Say what is wrong and what to do by hand, where no file can be changed."""
    parts = [
        *_why(plan, cause),
        "## Why there is no pull request",
        "",
        quiet(problem),
        "",
        "## What to do",
        "",
        *_list(_by_hand(step) for step in plan.steps),
        *_tests(plan, plan.steps),
        *_care(plan.steps),
        *_end(run_id),
    ]
    return ProposalText(plain_line(plan.summary), "\n".join(parts))


def quiet(text: str) -> str:
    """Put other people's text on one line of Markdown that marks nothing up, mentions nobody and links nowhere."""
    shown = one_line(text)
    shown = shown if len(shown) <= LONGEST_LINE else f"{shown[: LONGEST_LINE - 1]}…"
    return _ADDRESS.sub(lambda found: f"{found[0][:3]}{_APART}{found[0][3:]}", safe(shown))


def plain_line(text: str) -> str:
    """Put other people's text on one line for a title or a commit, where no entity can be written: blanks are."""
    shown = _PLAIN.sub(lambda found: f"{found[0]} ", one_line(text))
    return shown if len(shown) <= LONGEST_TITLE else f"{shown[: LONGEST_TITLE - 1]}…"


def _why(plan: RemediationPlan, cause: RootCause | None) -> Iterator[str]:
    yield "## What is wrong"
    yield ""
    if cause is None:
        yield f"**{quiet(plan.cause)}**"
        yield ""
        return
    yield f"{quiet(str(cause.subject))}: **{quiet(cause.statement)}**"
    yield ""
    yield f"{cause.confidence:.0%} sure ({quiet(cause.confidence_basis)}), {cause.severity}, rule {span(cause.rule)}."
    yield ""
    if len(cause.chain) > 1:
        yield "From the cause to what is felt:"
        yield ""
        yield from _list(quiet(f"{link.subject}: {link.statement}") for link in cause.chain)
    yield "Evidence:"
    yield ""
    yield from _list(quiet(wording.fact(fact)) for fact in cause.evidence)


def _carried(plan: RemediationPlan, keys: tuple[str, ...]) -> Iterator[RemediationStep]:
    """The steps that a proposal makes, by their keys."""
    for number in sorted({plan_of(key) for key in keys}):
        yield from (step for key, step in steps_of(number, plan) if key in keys)


def _tests(plan: RemediationPlan, steps: Iterable[RemediationStep]) -> Iterator[str]:
    yield "## Test plan"
    yield ""
    checks = [*plan.test_plan, *(step.check for step in steps)]
    yield from _list((f"[ ] {quiet(check)}" for check in dict.fromkeys(checks)), "nothing was written down")


def _care(steps: Iterable[RemediationStep]) -> Iterator[str]:
    there = list(steps)
    yield "## Risk"
    yield ""
    yield from _list(f"{step.risk.value}: {quiet(step.title)} (first: {quiet(step.precondition)})" for step in there)
    yield "## Rollback"
    yield ""
    yield from _list(["Revert the change in Git.", *(quiet(step.undo) for step in there)])


def _by_hand(step: RemediationStep) -> str:
    command = f" {span(step.command[:LONGEST_LINE])}" if step.command else ""
    return f"{quiet(step.instruction)}{command}"


def _end(run_id: str) -> Iterator[str]:
    yield "---"
    yield f"cluster-doctor, run {span(run_id)}. It does not merge; a person does."


def _list(lines: Iterable[str], otherwise: str = "none") -> Iterator[str]:
    there = list(dict.fromkeys(lines)) or [otherwise]
    yield from (f"- {line}" for line in there[:MOST_LINES])
    if len(there) > MOST_LINES:
        yield f"- … and {len(there) - MOST_LINES} more"
    yield ""
