"""From pictures of a cluster, or of what shall be applied to one, to the report of a scan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cluster_doctor.domain import lacks
from cluster_doctor.domain.coverage import GapReason
from cluster_doctor.domain.findings import Finding, Severity, Stage
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.prediction import by_urgency, is_near
from cluster_doctor.domain.scan import PastFinding, ScanFinding, ScanReport, ScanVerdict, Suppression, Unchecked
from cluster_doctor.inference.diagnose import diagnose, saw_enough
from cluster_doctor.inference.predict import PREDICTIONS
from cluster_doctor.rules.engine import check_all
from cluster_doctor.rules.rule_set import OURS, RuleSet
from cluster_doctor.scanning.baseline import compare
from cluster_doctor.scanning.suppressions import apply_suppressions
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

RISKS = frozenset({Stage.RISK})
_ORDER = tuple(Stage)
_HARMLESS = frozenset({GapReason.NOT_SERVED, GapReason.NOT_RECORDED, GapReason.OUT_OF_SCOPE})


@dataclass(frozen=True)
class ScanPolicy:
    """What a scan is judged by.

    Attributes:
        fail_on: the severity from which on a finding counts.
        namespaces: where findings are wanted; none means everywhere.
        suppressions: what nobody wants to be told.
        baseline: what was known before; None if nothing shall be compared.
        today: the day by which suppressions expire.
        single_points: whether to tell what a single failure would take down.
        rules: what is checked.
    """

    fail_on: Severity
    today: date
    namespaces: tuple[str, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    baseline: tuple[PastFinding, ...] | None = None
    single_points: bool = False
    rules: RuleSet = OURS


def scan_pictures(pictures: Sequence[ClusterSnapshot], policy: ScanPolicy) -> ScanReport:
    """Run every rule over every picture, and report what is left after suppressions and baseline."""
    looked = [_look(cluster, policy) for cluster in pictures]
    findings = [finding for look in looked for finding in look.findings]
    unchecked = _unchecked(pictures, [look.lacked for look in looked])
    judged = apply_suppressions(findings, policy.suppressions, policy.today)
    compared = compare(
        judged.kept,
        policy.baseline or (),
        present={found.fingerprint for found in findings},
        unchecked={lack.rule for lack in unchecked},
        namespaces=policy.namespaces,
    )
    sighted = all(_could_look(cluster) for cluster in pictures)
    report = ScanReport(
        source=", ".join(cluster.source for cluster in pictures),
        fail_on=policy.fail_on.name,
        verdict=ScanVerdict.CLEAR if sighted else ScanVerdict.BLIND,
        findings=tuple(found for found in compared.new if found.stage not in PREDICTIONS),
        predictions=tuple(sorted((found for found in compared.new if found.stage in PREDICTIONS), key=by_urgency)),
        compared=policy.baseline is not None,
        known=compared.known,
        gone=compared.gone,
        unverified=compared.unverified,
        suppressed=judged.hidden,
        suppressions_expired=judged.expired,
        suppressions_unused=judged.unused,
        gaps=tuple(dict.fromkeys(gap for cluster in pictures for gap in cluster.coverage.gaps)),
        could_not_check=unchecked,
    )
    worst = report.worst()
    if worst is not None and worst >= policy.fail_on:
        return report.model_copy(update={"verdict": ScanVerdict.FOUND})
    return report


@dataclass(frozen=True)
class _Look:
    """What the rules said about one picture: findings in order, and what each rule lacked."""

    findings: tuple[ScanFinding, ...]
    lacked: dict[str, str]


def _look(cluster: ClusterSnapshot, policy: ScanPolicy) -> _Look:
    """Find what is wrong within the namespaces, root causes as ranked, then the rest, worst first, and what will be."""
    namespaces = policy.namespaces
    causes = diagnose(cluster, Incident(namespaces=namespaces), rules=policy.rules).root_causes
    rank = {cause.fingerprint: position for position, cause in enumerate(causes)}
    results = [check_all(cluster, rules=policy.rules), check_all(cluster, PREDICTIONS, policy.rules)]
    if policy.single_points:
        results.append(check_all(cluster, RISKS, policy.rules))
    inside = [
        finding
        for said in results
        for finding in said.findings
        if not namespaces or finding.subject.namespace in (*namespaces, None)
    ]
    inside.sort(
        key=lambda found: (
            rank.get(found.fingerprint, len(rank)),
            _ORDER.index(found.stage),
            -found.severity,
            found.subject,
            found.rule,
            found.about,
        )
    )
    lacked = {name: kinds for said in results for name, kinds in said.lacked.items()}
    return _Look(tuple(_told(finding, rank, cluster) for finding in inside), lacked)


def _told(finding: Finding, rank: Mapping[str, int], cluster: ClusterSnapshot) -> ScanFinding:
    """Add to a finding what a scan tells beyond it; of several places where its object stands, the last one counts."""
    fields = {name: getattr(finding, name) for name in Finding.model_fields}
    places = cluster.locations.get(finding.subject) or (None,)
    return ScanFinding(
        **fields,
        root_cause=finding.fingerprint in rank,
        near=is_near(finding, cluster.taken_at),
        location=places[-1],
    )


_NOBODY = "nobody read it"


def _unchecked(pictures: Iterable[ClusterSnapshot], lacked: Iterable[Mapping[str, str]]) -> tuple[Unchecked, ...]:
    """Say which rules could not judge everywhere, what they lacked, and why nobody had it."""
    lacked_by: dict[str, set[str]] = {}
    for lack in lacked:
        for rule, kinds in lack.items():
            lacked_by.setdefault(rule, set()).update(kinds.split(", "))
    gaps: dict[str, set[str]] = {}
    for gap in (gap for cluster in pictures for gap in cluster.coverage.gaps):
        gaps.setdefault(gap.kind, set()).add(gap.reason.value)
    return tuple(
        Unchecked(
            rule=rule,
            lacks=tuple(lacks.unread(lacks.written(lacked))),
            because=(
                *(
                    f"{kind}: {reason}"
                    for kind in lacks.unread(lacks.written(lacked))
                    for reason in sorted(gaps.get(kind, {_NOBODY}))
                ),
                *lacks.reasons(lacks.written(lacked)),
            ),
        )
        for rule, lacked in sorted(lacked_by.items())
    )


def _could_look(cluster: ClusterSnapshot) -> bool:
    """Tell whether silence means something: of manifests, that every file could be read."""
    if cluster.is_unapplied:
        return all(gap.reason in _HARMLESS for gap in cluster.coverage.gaps)
    return saw_enough(cluster)
