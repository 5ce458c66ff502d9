"""What differs between the reports of two runs, node by node, and how that reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from cluster_doctor.domain.node_name import NodeName
from cluster_doctor.domain.remediation import RemediationPlan
from cluster_doctor.domain.report import Report
from cluster_doctor.domain.run_difference import DifferenceKind, NodeDifference, RunDifference
from cluster_doctor.domain.triage import Triage
from cluster_doctor.reports.plain import one_line

_LONGEST = 200
"""Characters of a value in a line; the JSON form has all."""
_SIGNS = {DifferenceKind.GONE: "-", DifferenceKind.NEW: "+", DifferenceKind.CHANGED: "~"}


def report_differences(before: Report, after: Report) -> Iterator[NodeDifference]:
    """List what is gone, new and changed, by fingerprints that are stable across runs."""
    yield from _collected(before, after)
    yield from _verified(before, after)
    yield from _diagnosed(before, after)
    yield from _triaged(before.triage, after.triage)
    yield from _remediated(before, after)


def difference_lines(found: RunDifference) -> Iterator[str]:
    """Write differences as lines, under the name of the node that they come from."""
    for node, members in groupby(found.differences, key=lambda difference: difference.node):
        yield node
        yield from (f"  {one_line(_line(member))}" for member in members)
        if node is NodeName.COLLECT and found.more:
            yield f"  ~ and {found.more} more differences of objects"


def _line(difference: NodeDifference) -> str:
    sign, about = _SIGNS[difference.kind], f"{difference.what}: {difference.of}" if difference.of else difference.what
    if difference.kind is DifferenceKind.CHANGED:
        return f"{sign} {about}: {_cut(difference.before)} -> {_cut(difference.after)}"
    told = difference.before or difference.after
    return f"{sign} {about}: {told}" if told else f"{sign} {about}"


def _cut(value: str) -> str:
    return "none" if not value else value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"


def _collected(before: Report, after: Report) -> Iterator[NodeDifference]:
    yield from _one(NodeName.COLLECT, "taken at", *(f"{one.taken_at:%Y-%m-%d %H:%M:%S}" for one in (before, after)))
    yield from _one(NodeName.COLLECT, "supposed", "; ".join(before.varied), "; ".join(after.varied))
    yield from _many(
        NodeName.COLLECT, "gap", {str(gap): "" for gap in before.gaps}, {str(gap): "" for gap in after.gaps}
    )


def _verified(before: Report, after: Report) -> Iterator[NodeDifference]:
    yield from _one(NodeName.VERIFY, "identity", before.identity_note, after.identity_note)
    old, new = ({claim.asserts: claim.verdict.value for claim in one.claims} for one in (before, after))
    yield from _many(NodeName.VERIFY, "claim", old, new)


def _diagnosed(before: Report, after: Report) -> Iterator[NodeDifference]:
    yield from _one(NodeName.DIAGNOSE, "status", before.status.value, after.status.value)
    yield from _causes(before, after)
    for what, old, new in (
        ("symptom", _symptoms(before), _symptoms(after)),
        ("ruled out", _ruled_out(before), _ruled_out(after)),
        ("coming up", _predicted(before), _predicted(after)),
        ("not judged", before.rules_unknown, after.rules_unknown),
    ):
        yield from _many(NodeName.DIAGNOSE, what, old, new)


def _causes(before: Report, after: Report) -> Iterator[NodeDifference]:
    old = {cause.fingerprint: cause for cause in before.root_causes}
    new = {cause.fingerprint: cause for cause in after.root_causes}
    for key in old.keys() - new.keys():
        yield _gone(NodeName.DIAGNOSE, "cause", str(old[key].subject), old[key].statement)
    for key, cause in new.items():
        was, of = old.get(key), str(cause.subject)
        if was is None:
            yield _new(NodeName.DIAGNOSE, "cause", of, cause.statement)
            continue
        yield from _one(NodeName.DIAGNOSE, "cause", was.statement, cause.statement, of=of)
        yield from _one(NodeName.DIAGNOSE, "confidence", f"{was.confidence:.0%}", f"{cause.confidence:.0%}", of=of)


def _symptoms(report: Report) -> dict[str, str]:
    explained = (symptom for cause in report.root_causes for symptom in cause.explains)
    return {
        **{f"{symptom.subject}: {symptom.statement}": "explained" for symptom in explained},
        **{f"{symptom.subject}: {symptom.statement}": "not explained" for symptom in report.unexplained},
    }


def _ruled_out(report: Report) -> dict[str, str]:
    return {f"{other.subject}: {other.rule}": other.against for other in report.ruled_out}


def _predicted(report: Report) -> dict[str, str]:
    return {str(coming.subject): coming.message for coming in report.predictions}


def _triaged(before: Triage | None, after: Triage | None) -> Iterator[NodeDifference]:
    for what in ("priority", "impact", "urgency"):
        yield from _one(NodeName.TRIAGE, what, *(str(getattr(one, what)) if one else "" for one in (before, after)))


def _remediated(before: Report, after: Report) -> Iterator[NodeDifference]:
    yield from _many(NodeName.REMEDIATE, "plan", _plans(before), _plans(after))
    outcomes = [_outcome(report) for report in (before, after)]
    yield from _one(NodeName.REMEDIATE, "outcome", *outcomes)


def _plans(report: Report) -> dict[str, str]:
    return {plan.summary: _steps(plan) for plan in (report.remediation.plans if report.remediation else ())}


def _steps(plan: RemediationPlan) -> str:
    return "; ".join(
        " ".join([f"{step.title} ({step.target})", *(f"[{edit}]" for edit in step.edits)]) for step in plan.steps
    )


def _outcome(report: Report) -> str:
    outcome = report.remediation.outcome if report.remediation else None
    if outcome is None:
        return ""
    healed = {None: "", True: ", healed", False: ", not healed"}[outcome.healed]
    return f"{outcome.decision.value}{', applied' if outcome.applied else ''}{healed}"


def _one(node: NodeName, what: str, before: str, after: str, *, of: str = "") -> Iterator[NodeDifference]:
    if before != after:
        yield NodeDifference(node=node, kind=DifferenceKind.CHANGED, what=what, of=of, before=before, after=after)


def _many(node: NodeName, what: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[NodeDifference]:
    yield from (_gone(node, what, key, told) for key, told in before.items() if key not in after)
    for key, told in after.items():
        if key not in before:
            yield _new(node, what, key, told)
        else:
            yield from _one(node, what, before[key], told, of=key)


def _gone(node: NodeName, what: str, of: str, told: str) -> NodeDifference:
    return NodeDifference(node=node, kind=DifferenceKind.GONE, what=what, of=of, before=told)


def _new(node: NodeName, what: str, of: str, told: str) -> NodeDifference:
    return NodeDifference(node=node, kind=DifferenceKind.NEW, what=what, of=of, after=told)
