"""What a model's leads add to a diagnosis: root causes where observed evidence carries them, and otherwise leads.

What the rules have proven stands: leads are weighed for the symptoms that these left unexplained, and for nothing else.
They are reduced by the same causal laws as findings are. Two leads that carry the same symptom equally well are both
leads: a debate is not evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cluster_doctor.domain.diagnosis import Diagnosis, FoundBy, Hypothesis, RootCause, Status
from cluster_doctor.domain.effects import Effect
from cluster_doctor.domain.findings import Directness, Finding, Severity, Stage
from cluster_doctor.domain.inquiry import Lead, Support
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.inference.causality import CausalGraph, link_findings
from cluster_doctor.inference.chain import chain_fingerprint, chain_of, kind_fingerprint, way_of
from cluster_doctor.inference.confidence import THRESHOLD
from cluster_doctor.inference.diagnose import symptom_of
from cluster_doctor.inference.prior_changes import prior_changes
from cluster_doctor.inference.support import supports_of
from cluster_doctor.rules.engine import check_all
from cluster_doctor.rules.rule_set import OURS, RuleSet
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

FOUND_BY_MODEL = "found_by_model"
"""Stands in the place of a rule's name."""

NEEDED = 2
"""Independent kinds of support without which a lead stays one."""

CONFIDENCE = {0: 0.1, 1: 0.3, 2: 0.6, 3: 0.7, 4: 0.7}
"""Confidence by the number of kinds of support, before rivals and what stays unexplained are counted."""

_BASIS = "evidence of {count} kinds ({kinds}), share of symptoms explained, rival leads; proposed by a model"


@dataclass(frozen=True)
class _Weighed:
    lead: Lead
    at: int
    explains: frozenset[int]
    supports: tuple[Support, ...]


def with_leads(
    cluster: ClusterSnapshot, diagnosis: Diagnosis, leads: Sequence[Lead], rules: RuleSet = OURS
) -> Diagnosis:
    """Weigh leads, and put into a diagnosis what became of them."""
    open_ones = {symptom.fingerprint for symptom in diagnosis.left_open}
    left = [
        finding
        for finding in check_all(cluster, rules=rules).findings
        if finding.stage is Stage.SYMPTOM and finding.fingerprint in open_ones
    ]
    named = _merged(leads)
    proposed = [lead for lead in named if lead.wrong and lead.brings_about and not lead.refuted]
    graph = link_findings(cluster, [*left, *(_finding(cluster, lead) for lead in proposed)])
    weighed = [_weigh(cluster, graph, len(left) + at, lead) for at, lead in enumerate(proposed)]
    accepted: list[tuple[_Weighed, float]] = []
    told: list[Lead] = [
        lead.model_copy(update={"outcome": _not_proposed(lead), "confidence": 0.0 if lead.refuted else CONFIDENCE[0]})
        for lead in named
        if lead not in proposed
    ]
    for one in weighed:
        confidence = _confidence(one, weighed, len(left))
        outcome = _outcome(one, confidence)
        told.append(
            one.lead.model_copy(update={"supports": one.supports, "confidence": confidence, "outcome": outcome})
        )
        if not outcome:
            accepted.append((one, confidence))
    accepted.sort(key=lambda pair: (-pair[1], -len(pair[0].explains), pair[0].lead.subject))
    causes = tuple(_root_cause(cluster, graph, one, confidence) for one, confidence in accepted)
    explained = {graph.findings[at].fingerprint for one, _ in accepted for at in one.explains}
    kept, passed = _passed(diagnosis, causes)
    still_open = tuple(one for one in diagnosis.unexplained if one.fingerprint not in explained)
    beside = {} if still_open else {"changes": (), "next_probes": ()}  # they were told of what was unexplained
    return diagnosis.model_copy(
        update={
            **beside,
            "root_causes": tuple(sorted((*kept, *causes), key=lambda cause: -cause.confidence)) if causes else kept,
            "ruled_out": (*diagnosis.ruled_out, *passed),
            "unexplained": still_open,
            "leads": tuple(sorted(told, key=lambda lead: (-lead.confidence, lead.subject, lead.statement))),
            "status": Status.RESOLVED if causes else diagnosis.status,
        }
    )


def _passed(diagnosis: Diagnosis, causes: Sequence[RootCause]) -> tuple[tuple[RootCause, ...], tuple[Hypothesis, ...]]:
    """Part the rules' causes: those that stand, and suggestions all of whose symptoms are now told more concretely."""
    explained = {symptom.fingerprint: cause for cause in causes for symptom in cause.explains}
    kept: list[RootCause] = []
    passed: list[Hypothesis] = []
    for cause in diagnosis.root_causes:
        better = [explained.get(symptom.fingerprint) for symptom in cause.explains]
        first = better[0] if better else None
        if cause.is_weak and first and all(better):
            against = f"{first.subject} is told more concretely: {first.statement}"
            passed.append(
                Hypothesis(
                    subject=cause.subject,
                    rule=cause.rule,
                    statement=cause.statement,
                    confidence=cause.confidence,
                    against=against,
                    evidence=cause.evidence,
                )
            )
        else:
            kept.append(cause)
    return tuple(kept), tuple(passed)


def _merged(leads: Sequence[Lead]) -> list[Lead]:
    """One of several leads that blame the same fact, or say the same: who comes first counts."""
    found: dict[object, Lead] = {}
    for lead in leads:
        found.setdefault((lead.subject.key, lead.wrong.id if lead.wrong else lead.statement), lead)
    return list(found.values())


def _weigh(cluster: ClusterSnapshot, graph: CausalGraph, at: int, lead: Lead) -> _Weighed:
    explains = frozenset(
        link.symptom for link in graph.explains(at) if graph.findings[link.symptom].stage is Stage.SYMPTOM
    )
    symptoms = [graph.findings[symptom] for symptom in sorted(explains)]
    supports = supports_of(cluster, lead.wrong, lead.evidence, symptoms) if lead.wrong else ()
    return _Weighed(lead, at, explains, supports)


def _confidence(one: _Weighed, all_of_them: Sequence[_Weighed], left: int) -> float:
    if not one.explains:
        return CONFIDENCE[0]
    rivals = sum(
        1
        for other in all_of_them
        if other is not one and other.explains & one.explains and len(other.supports) >= len(one.supports)
    )
    share = 0.75 + 0.25 * len(one.explains) / left
    return round(CONFIDENCE[len(one.supports)] * share / (1 + 0.5 * rivals), 3)


def _outcome(one: _Weighed, confidence: float) -> str:
    if not one.explains:
        return "the causal laws lead from it to none of the unexplained symptoms"
    if len(one.supports) < NEEDED:
        had = ", ".join(support.value for support in one.supports) or "none"
        return f"{NEEDED} independent kinds of evidence are needed, found: {had}"
    if confidence < THRESHOLD:
        return f"confidence {confidence:.2f} is below {THRESHOLD}: another lead is carried as well"
    return ""


def _not_proposed(lead: Lead) -> str:
    if lead.refuted:
        return "looking into it refuted it"
    return "no fact that holds was named as the one that is wrong"


def _finding(cluster: ClusterSnapshot, lead: Lead) -> Finding:
    wrong, kind = lead.wrong, lead.brings_about
    effects = tuple(Effect(kind, ref) for ref in _reached(cluster, lead.subject)) if kind else ()
    return Finding(
        rule=FOUND_BY_MODEL,
        subject=lead.subject,
        severity=Severity.ERROR,
        stage=Stage.CAUSE,
        directness=Directness.SUGGESTED,
        message=lead.statement,
        evidence=lead.evidence,
        effects=effects,
        about=wrong.path if wrong else "",
        facts={"wrong": str(wrong.value)} if wrong else {},
    )


def _reached(cluster: ClusterSnapshot, subject: ObjectRef) -> list[ObjectRef]:
    """Where a fault of an object is felt first: at itself, at its Pods, at what uses it."""
    pods = [pod.ref for pod in cluster.pods_of(subject)]
    users = [user.ref for user in cluster.users_of(subject)]
    return list(dict.fromkeys((subject, *pods, *users)))


def _root_cause(cluster: ClusterSnapshot, graph: CausalGraph, one: _Weighed, confidence: float) -> RootCause:
    finding = graph.findings[one.at]
    symptoms = [graph.findings[at] for at in sorted(one.explains)]
    way = way_of(graph, one.at, one.explains)
    kinds = "; ".join(support.value for support in one.supports)
    return RootCause(
        subject=finding.subject,
        rule=FOUND_BY_MODEL,
        found_by=FoundBy.MODEL,
        severity=finding.severity.name,
        statement=finding.message,
        confidence=confidence,
        confidence_basis=_BASIS.format(count=len(one.supports), kinds=kinds),
        evidence=finding.evidence,
        chain=chain_of(graph, one.at, way),
        explains=tuple(symptom_of(symptom) for symptom in symptoms),
        affected=tuple(sorted({symptom.subject for symptom in symptoms})),
        changes=prior_changes(cluster, finding, symptoms),
        about=finding.about,
        facts=finding.facts,
        fingerprint=finding.fingerprint,
        chain_fingerprint=chain_fingerprint(finding, way),
        kind_fingerprint=kind_fingerprint(finding, way),
    )
