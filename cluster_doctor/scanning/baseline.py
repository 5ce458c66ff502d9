"""Compares a scan with an earlier one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.domain.scan import PastFinding, ScanFinding, ScanReport
from cluster_doctor.sources.recorded.contents import read_file

MOST_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True)
class Comparison:
    """Findings that are new, those that were there before, and what became of the others."""

    new: tuple[ScanFinding, ...]
    known: tuple[ScanFinding, ...]
    gone: tuple[PastFinding, ...]
    unverified: tuple[PastFinding, ...]


def read_baseline(path: Path) -> tuple[PastFinding, ...]:
    """Read what an earlier scan told: its findings, and those that its own baseline knew.

    Raises:
        UnreadableInput: it is not what `scan --output json` writes.
    """
    try:
        earlier = ScanReport.model_validate_json(read_file(path, MOST_BYTES))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "its beginning"
        raise UnreadableInput(
            f"{path} is no result of an earlier scan: at {where}, {first['msg']}",
            "Make one with `cluster-doctor scan --output json > FILE`.",
        ) from error
    return tuple(
        PastFinding(fingerprint=found.fingerprint, rule=found.rule, subject=found.subject, message=found.message)
        for found in (*earlier.findings, *earlier.predictions, *earlier.known)
    )


def compare(
    findings: Sequence[ScanFinding],
    baseline: Sequence[PastFinding],
    present: Collection[str],
    unchecked: Collection[str],
    namespaces: Collection[str] = (),
) -> Comparison:
    """Part findings by whether the baseline knows them.

    Args:
        findings: what is told today.
        baseline: what was told then.
        present: fingerprints of everything that was found today, suppressed or not.
        unchecked: rules that could not judge everywhere today; what they found then may still be there.
        namespaces: where the scan looked; none means everywhere.
    """
    earlier = {past.fingerprint for past in baseline}
    missing = {past.fingerprint: past for past in baseline if past.fingerprint not in present}.values()
    unseen = {
        past.fingerprint
        for past in missing
        if past.rule in unchecked or (namespaces and past.subject.namespace not in (*namespaces, None))
    }
    return Comparison(
        new=tuple(found for found in findings if found.fingerprint not in earlier),
        known=tuple(found for found in findings if found.fingerprint in earlier),
        gone=tuple(past for past in missing if past.fingerprint not in unseen),
        unverified=tuple(past for past in missing if past.fingerprint in unseen),
    )
