"""How the parts of a scan are put into words, the same in every form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cluster_doctor.domain.findings import Stage
from cluster_doctor.domain.scan import ScanFinding, ScanReport, ScanVerdict, Suppression, Unchecked
from cluster_doctor.reports import wording

MOST_KINDS = 8


def headline(scan: ScanReport) -> str:
    """The result in one line."""
    match scan.verdict:
        case ScanVerdict.FOUND:
            return f"{counted(len(scan.judged), 'finding')}, some at {scan.fail_on} or above"
        case ScanVerdict.CLEAR:
            below = f" ({counted(len(scan.judged), 'finding')} below)" if scan.judged else ""
            return f"Nothing at {scan.fail_on} or above{below}"
        case ScanVerdict.BLIND:
            return f"Too little could be seen to say that nothing is at {scan.fail_on} or above"


def role(finding: ScanFinding) -> str:
    """What a finding is: a root cause, another cause, or a symptom."""
    return "root cause" if finding.root_cause else finding.stage.value


def reckoned(finding: ScanFinding) -> str:
    """When a prediction comes true and how that is known; empty for everything else."""
    return f" ({wording.due(finding)}: {finding.arithmetic})" if finding.stage is Stage.PREDICTION else ""


def suppressed(finding: ScanFinding) -> str:
    """Who decided not to be told of a finding, why and until when."""
    entry = finding.suppression
    return f"{entry.owner}: {entry.reason} (until {entry.expires})" if entry else ""


def expired(entry: Suppression) -> str:
    """An entry that no longer suppresses."""
    return f"suppression has expired and no longer holds: {entry}"


def unused(entry: Suppression) -> str:
    """An entry that met nothing."""
    return f"suppression matches nothing: {entry}"


def lack(unchecked: Unchecked) -> str:
    """Why one rule could not judge."""
    return f"{unchecked.rule}: {', '.join(unchecked.because)}"


def could_not_check(scan: ScanReport) -> str:
    """How many rules could not judge everywhere, and what they lacked; empty if all could."""
    if not scan.could_not_check:
        return ""
    return "; ".join(_could_not_check(scan.could_not_check))


def _could_not_check(unchecked: Sequence[Unchecked]) -> Iterator[str]:
    kinds = sorted({kind for one in unchecked for kind in one.lacks})
    if kinds:
        more = f" and {len(kinds) - MOST_KINDS} more" if len(kinds) > MOST_KINDS else ""
        yield (
            f"{counted(sum(1 for one in unchecked if one.lacks), 'check')} could not judge, because nobody read: "
            f"{', '.join(kinds[:MOST_KINDS])}{more}"
        )
    yield from (lack(one) for one in unchecked if not one.lacks)
    yield "--output json lists them"


def counted(count: int, word: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{count} {word}{'' if count == 1 else 's'}"
