"""What a policy says, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.remediation.policy.cases import PolicyTest
from cluster_doctor.remediation.policy.explaining import PolicyExplanation
from cluster_doctor.reports.lines import Line, Tone, wrap


def explained_lines(explained: PolicyExplanation, place: str, width: int) -> Iterator[Line]:
    """Write what a policy says to the plans of a run: each step with its verdict, why, and who has to approve."""
    yield Line(f"Run {explained.run_id} by {place} (digest {explained.policy_digest[:12]})", Tone.HEADING)
    if not explained.steps:
        yield Line("The run has no plan.")
    plan = 0
    for step in explained.steps:
        if step.plan != plan:
            plan = step.plan
            yield Line("")
            yield from wrap(f"{plan}. {step.summary}", width)
        yield _head(step.verdict, f"{step.title} ({step.route}{', another way' if step.alternative else ''})")
        for reason in step.verdict.reasons:
            yield from wrap(reason, width, "      - ")
        if step.verdict.allowed:
            yield from wrap(_on_whose_word(step.verdict), width, "      - ")


def tested_lines(tested: PolicyTest, place: str, width: int) -> Iterator[Line]:
    """Write the results of a test: what is not as expected, with why, and the count."""
    yield Line(f"Tested {place} (digest {tested.policy_digest[:12]})", Tone.HEADING)
    for case in tested.cases:
        yield Line(f"  {'as expected' if case.passed else 'DIFFERENT  '}  {case.name}", _tone(passed=case.passed))
        for difference in case.differences:
            yield from wrap(difference, width, "      - ")
    yield Line(f"{tested.passed} as expected, {tested.failed} different", _tone(passed=not tested.failed))


def _head(verdict: PolicyVerdict, title: str) -> Line:
    return Line(f"  {'allowed' if verdict.allowed else 'DENIED '}  {title}", _tone(passed=verdict.allowed))


def _tone(*, passed: bool) -> Tone:
    return Tone.GOOD if passed else Tone.BAD


def _on_whose_word(verdict: PolicyVerdict) -> str:
    people = "one person has" if verdict.approvals == 1 else f"{verdict.approvals} different people have"
    proof = ", with proof of who they are" if verdict.proven else ""
    return f"{people} to approve{proof}: {', '.join(verdict.approvers) or 'anybody'}"
