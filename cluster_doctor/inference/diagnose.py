"""From a snapshot to a diagnosis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cluster_doctor.domain.change import PriorChange
from cluster_doctor.domain.diagnosis import Diagnosis, Hypothesis, RootCause, Status
from cluster_doctor.domain.findings import Directness, Finding, Severity, Stage, Verdict
from cluster_doctor.domain.incident import Incident, Symptom
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.inference.causality import CausalGraph, link_findings
from cluster_doctor.inference.chain import chain_fingerprint, chain_of, kind_fingerprint, way_of
from cluster_doctor.inference.confidence import THRESHOLD, confidence
from cluster_doctor.inference.independence import of_other_faults
from cluster_doctor.inference.next_probes import next_probes
from cluster_doctor.inference.predict import predict
from cluster_doctor.inference.prior_changes import prior_changes, touched
from cluster_doctor.inference.scope import in_scope
from cluster_doctor.rules.engine import RuleResults, check_all
from cluster_doctor.rules.rule_set import OURS, RuleSet
from cluster_doctor.snapshot.collector import collector_paused
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

_BASIS = "prior by directness of the evidence ({directness}), share of symptoms explained, rival causes"
_RANK = list(Directness)

_MOST_LEFT = 20
"""Unexplained symptoms of which is told what changed before them."""

NEAR = 0.03
"""Confidences that differ by no more are not told apart: so far the stated one is off the measured share of right
answers, on average (docs/calibration.md, `calibration_error` of `evaluate`)."""


@dataclass(frozen=True)
class Candidate:
    """A cause that no other cause explains, with the symptoms that it explains."""

    at: int
    finding: Finding
    symptoms: frozenset[int]
    probability: float
    concerns_report: bool
    stands_alone: bool
    changes: tuple[PriorChange, ...] = ()


def diagnose(
    cluster: ClusterSnapshot, incident: Incident, mentioned: Sequence[ObjectRef] = (), rules: RuleSet = OURS
) -> Diagnosis:
    """Find what is wrong in a snapshot and why.

    Args:
        cluster: the picture.
        incident: what was reported; its namespaces bound what counts as wrong.
        mentioned: objects that the report names; causes that concern them come first.
        rules: what is checked.
    """
    with collector_paused():
        return _diagnose(cluster, incident, mentioned, rules)


def _diagnose(
    cluster: ClusterSnapshot, incident: Incident, mentioned: Sequence[ObjectRef], rules: RuleSet
) -> Diagnosis:
    results = check_all(cluster, rules=rules)
    findings = [finding for finding in results.findings if in_scope(finding, incident) or finding.stage is Stage.CAUSE]
    graph = link_findings(cluster, findings)
    named = frozenset(cluster.workload_ref(ref) for ref in mentioned) | frozenset(mentioned)
    candidates = [
        candidate
        for candidate in _candidates(graph, named, cluster)
        if candidate.symptoms or in_scope(candidate.finding, incident)
    ]
    accepted, rejected = _select(candidates)
    found = _diagnosis(graph, accepted, rejected, results, cluster, rules)
    return found.model_copy(update={"predictions": predict(cluster, incident, rules)})


def _candidates(graph: CausalGraph, mentioned: frozenset[ObjectRef], cluster: ClusterSnapshot) -> list[Candidate]:
    findings = graph.findings
    symptoms = {at for at, finding in enumerate(findings) if finding.stage is Stage.SYMPTOM}
    roots = graph.roots()
    explains = {at: frozenset(link.symptom for link in graph.explains(at)) & symptoms for at in roots}
    found = []
    for at in roots:
        finding = findings[at]
        rivals = sum(
            1
            for other in roots
            if other != at
            and explains[other] & explains[at]
            and _RANK.index(findings[other].directness) <= _RANK.index(finding.directness)
            and len(explains[other]) >= len(explains[at])
        )
        concerned = {finding.subject, *finding.affected, *(findings[symptom].subject for symptom in explains[at])}
        found.append(
            Candidate(
                at=at,
                finding=finding,
                symptoms=explains[at],
                probability=confidence(
                    finding.directness,
                    explains=len(explains[at]),
                    observed=len(symptoms - of_other_faults(at, finding, explains, cluster)),
                    rivals=rivals,
                ),
                concerns_report=bool(concerned & mentioned),
                stands_alone=any(map(_stands_alone, (finding, *_yielding(at, graph)))),
                changes=prior_changes(cluster, finding, [findings[symptom] for symptom in explains[at]]),
            )
        )
    return _changed_first(sorted(found, key=_order))


def _changed_first(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Among candidates that calibration cannot tell apart, put those first that something changed before.

    Each group begins with the best that is left and holds what is within `NEAR` of it, so that no candidate passes one
    that is clearly better. Within a group the order stays, except for what changes touch: the very field that a cause
    names, then its object.
    """
    ordered: list[Candidate] = []
    left = list(candidates)
    while left:
        best = left[0]
        group = [other for other in left if best.probability - other.probability <= NEAR and _as_asked(best, other)]
        ordered += sorted(group, key=lambda candidate: touched(candidate.changes))
        left = [other for other in left if other not in group]
    return ordered


def _as_asked(one: Candidate, other: Candidate) -> bool:
    return one.concerns_report == other.concerns_report


def _order(candidate: Candidate) -> tuple[object, ...]:
    finding = candidate.finding
    return (
        not candidate.concerns_report,
        -candidate.probability,
        -len(candidate.symptoms),
        -finding.severity,
        finding.subject,
        finding.rule,
        finding.about,
    )


def _select(candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[tuple[Candidate, str]]]:
    """Keep causes that are needed: each explains something that no better one does, or is wrong by itself."""
    accepted: list[Candidate] = []
    rejected: list[tuple[Candidate, str]] = []
    explained: set[int] = set()
    for candidate in candidates:
        standalone = candidate.stands_alone
        if candidate.probability < THRESHOLD:
            rejected.append((candidate, f"confidence {candidate.probability:.2f} is below {THRESHOLD}"))
        elif candidate.symptoms - explained or (standalone and not candidate.symptoms):
            accepted.append(candidate)
            explained |= candidate.symptoms
        elif candidate.symptoms:
            better = next(other for other in accepted if other.symptoms & candidate.symptoms)
            if standalone and not candidate.symptoms <= better.symptoms:
                accepted.append(candidate)
            else:
                reason = f"{better.finding.rule} on {better.finding.subject} explains the same with more"
                rejected.append((candidate, reason))
        else:
            rejected.append((candidate, "explains no symptom that was observed"))
    return accepted, rejected


def _yielding(at: int, graph: CausalGraph) -> Iterator[Finding]:
    """Causes that this one explains, and that are told by it alone."""
    explained = (graph.findings[link.symptom] for link in graph.explains(at))
    return (finding for finding in explained if finding.stage is Stage.CAUSE)


def _stands_alone(finding: Finding) -> bool:
    """Tell whether a finding is wrong by itself, though nobody suffers from it yet.

    A warning needs Kubernetes' own word for that; what is merely inferred needs a symptom.
    """
    stated = finding.directness is Directness.STATED
    return (finding.severity >= Severity.ERROR and (stated or finding.directness is Directness.COMPARED)) or (
        finding.severity is Severity.WARNING and stated
    )


def _diagnosis(
    graph: CausalGraph,
    accepted: Sequence[Candidate],
    rejected: Sequence[tuple[Candidate, str]],
    results: RuleResults,
    cluster: ClusterSnapshot,
    rules: RuleSet,
) -> Diagnosis:
    explained = set().union(*(candidate.symptoms for candidate in accepted)) if accepted else set()
    left = [
        finding
        for at, finding in enumerate(graph.findings)
        if finding.stage is Stage.SYMPTOM and at not in explained and finding.severity >= Severity.WARNING
    ]
    if accepted:
        status = Status.RESOLVED
    elif left:
        status = Status.UNRESOLVED
    else:
        status = Status.HEALTHY if saw_enough(cluster) else Status.UNRESOLVED
    verdicts = list(results.verdicts.values())
    return Diagnosis(
        status=status,
        root_causes=tuple(_root_cause(graph, candidate, rules) for candidate in accepted),
        ruled_out=tuple(
            Hypothesis(
                subject=candidate.finding.subject,
                rule=candidate.finding.rule,
                statement=candidate.finding.message,
                confidence=candidate.probability,
                against=reason,
                evidence=candidate.finding.evidence,
            )
            for candidate, reason in rejected
        ),
        unexplained=tuple(map(symptom_of, left)),
        changes=_before(left, cluster),
        next_probes=next_probes(left, results.lacked, rules),
        gaps=cluster.coverage.gaps,
        rules_fired=verdicts.count(Verdict.FIRED),
        rules_clear=verdicts.count(Verdict.CLEAR),
        rules_unknown=results.lacked,
    )


def _before(left: Sequence[Finding], cluster: ClusterSnapshot) -> tuple[PriorChange, ...]:
    """What changed before symptoms that nothing explains, each change once."""
    found = [prior for finding in left[:_MOST_LEFT] for prior in prior_changes(cluster, finding, left)]
    return tuple({prior.change.model_dump_json(): prior for prior in reversed(found)}.values())[::-1]


def saw_enough(cluster: ClusterSnapshot) -> bool:
    """Healthy may be said only of what was looked at: Pods at least, and nothing that was refused."""
    return any(entry.partition("/")[0] == "Pod" for entry in cluster.coverage.lists) and not any(
        gap.reason.value not in {"not served", "not recorded", "out of scope"} for gap in cluster.coverage.gaps
    )


def symptom_of(finding: Finding) -> Symptom:
    """What a finding tells a person who suffers from it."""
    return Symptom(
        subject=finding.subject,
        statement=finding.message,
        rule=finding.rule,
        fingerprint=finding.fingerprint,
        since=finding.since,
    )


def _root_cause(graph: CausalGraph, candidate: Candidate, rules: RuleSet) -> RootCause:
    finding = candidate.finding
    symptoms = [graph.findings[at] for at in sorted(candidate.symptoms)]
    way = way_of(graph, candidate.at, candidate.symptoms)
    rule = rules.named(finding.rule)
    return RootCause(
        subject=finding.subject,
        rule=finding.rule,
        severity=finding.severity.name,
        statement=finding.message,
        confidence=candidate.probability,
        confidence_basis=_BASIS.format(directness=finding.directness.value),
        evidence=finding.evidence,
        chain=chain_of(graph, candidate.at, way),
        explains=tuple(symptom_of(symptom) for symptom in symptoms),
        affected=tuple(sorted({symptom.subject for symptom in symptoms} | set(finding.affected))),
        since=finding.since,
        changes=candidate.changes,
        about=finding.about,
        facts=finding.facts,
        remedy=rule.doc.remedy if rule else "",
        fingerprint=finding.fingerprint,
        chain_fingerprint=chain_fingerprint(finding, way),
        kind_fingerprint=kind_fingerprint(finding, way),
    )
