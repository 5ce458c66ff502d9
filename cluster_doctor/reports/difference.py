"""What differs between two reports."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.report import Report
from cluster_doctor.reports.plain import one_line


def differences(before: Report, after: Report) -> Iterator[str]:
    """List what is gone (`-`), new (`+`) and changed (`~`), by fingerprints that are stable across runs."""
    if before.status is not after.status:
        yield f"~ status: {before.status.value} -> {after.status.value}"
    if before.taken_at != after.taken_at:
        yield f"~ taken at: {before.taken_at:%Y-%m-%d %H:%M:%S} -> {after.taken_at:%Y-%m-%d %H:%M:%S}"
    yield from _causes(before, after)
    yield from _sets(
        "not explained",
        {symptom.fingerprint: f"{symptom.subject}: {symptom.statement}" for symptom in before.unexplained},
        {symptom.fingerprint: f"{symptom.subject}: {symptom.statement}" for symptom in after.unexplained},
    )
    yield from _sets(
        "coming up",
        {coming.fingerprint: f"{coming.subject}: {coming.message}" for coming in before.predictions},
        {coming.fingerprint: f"{coming.subject}: {coming.message}" for coming in after.predictions},
    )
    yield from _sets("gap", {str(gap): str(gap) for gap in before.gaps}, {str(gap): str(gap) for gap in after.gaps})
    yield from _sets(
        "claim",
        {
            f"{claim.asserts} {claim.verdict.value}": f"{claim.asserts}: {claim.verdict.value}"
            for claim in before.claims
        },
        {f"{claim.asserts} {claim.verdict.value}": f"{claim.asserts}: {claim.verdict.value}" for claim in after.claims},
    )
    priorities = [report.triage.priority.value if report.triage else "none" for report in (before, after)]
    if priorities[0] != priorities[1]:
        yield f"~ priority: {priorities[0]} -> {priorities[1]}"


def _causes(before: Report, after: Report) -> Iterator[str]:
    old = {cause.fingerprint: cause for cause in before.root_causes}
    new = {cause.fingerprint: cause for cause in after.root_causes}
    for key in old.keys() - new.keys():
        yield one_line(f"- cause: {old[key].subject}: {old[key].statement}")
    for key, cause in new.items():
        if key not in old:
            yield one_line(f"+ cause: {cause.subject}: {cause.statement}")
        elif cause.statement != old[key].statement:
            yield one_line(f"~ cause: {cause.subject}: {old[key].statement} -> {cause.statement}")
        elif cause.confidence != old[key].confidence:
            yield one_line(f"~ cause: {cause.subject}: {old[key].confidence:.0%} -> {cause.confidence:.0%} sure")


def _sets(name: str, old: dict[str, str], new: dict[str, str]) -> Iterator[str]:
    yield from (one_line(f"- {name}: {old[key]}") for key in old if key not in new)
    yield from (one_line(f"+ {name}: {new[key]}") for key in new if key not in old)
