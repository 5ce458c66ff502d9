"""Runs rules over a snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from cluster_doctor.domain import lacks
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.findings import WRONG_NOW, Finding, Match, Stage, Verdict
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.own_code import OwnRuleError
from cluster_doctor.rules.protocol import Rule, subjects_of
from cluster_doctor.rules.rule_set import OURS, RuleSet
from cluster_doctor.snapshot.relations import WORKLOADS
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, View, Workload

MOST_EVIDENCE = 6
"""Facts that a finding cites at the most; a thousand Pods of one workload fail for one reason."""


@dataclass(frozen=True)
class RuleResults:
    """Findings, and what each rule said: its verdict, and for UNKNOWN what it lacked."""

    findings: tuple[Finding, ...]
    verdicts: dict[str, Verdict]
    lacked: dict[str, str]


def check_all(cluster: ClusterSnapshot, stages: frozenset[Stage] = WRONG_NOW, rules: RuleSet = OURS) -> RuleResults:
    """Run all rules of some stages over a snapshot; who asks again gets the same results.

    Rules that were left out are as unknown as those that could not look.
    """

    def run() -> RuleResults:
        said = run_rules([rule for rule in rules.rules if rule.stage in stages], cluster)
        for name in rules.left_out(stages):
            said.verdicts[name] = Verdict.UNKNOWN
            said.lacked[name] = lacks.LEFT_OUT
        return said

    return cluster.remember(("results of all rules", rules.digest, stages), run)


def run_rules(rules: Iterable[Rule], cluster: ClusterSnapshot) -> RuleResults:
    """Run every rule over every subject of its kind.

    A rule is FIRED if it fired anywhere, else UNKNOWN if a subject could not be judged for lack of what it
    needs, or if its kind was not collected and none is there, else CLEAR.
    """
    findings: list[Finding] = []
    verdicts: dict[str, Verdict] = {}
    lacked: dict[str, str] = {}
    for rule in rules:
        matches, missing = _run(rule, cluster)
        findings += _merge(rule, matches, cluster)
        if matches:
            verdicts[rule.name] = Verdict.FIRED
        elif missing:
            verdicts[rule.name] = Verdict.UNKNOWN
        else:
            verdicts[rule.name] = Verdict.CLEAR
        if missing:
            lacked[rule.name] = lacks.written(missing)
    return RuleResults(tuple(findings), verdicts, lacked)


def _run(rule: Rule, cluster: ClusterSnapshot) -> tuple[list[tuple[View, Match]], set[str]]:
    places = _places(rule.subject, cluster)
    if not places and not _read_anywhere(rule.subject, cluster):
        return [], {rule.subject.kind}
    unmet: dict[str | None, list[str]] = {}
    if not rule.met_everywhere(cluster):
        unmet = {place: lacking for place in places if (lacking := rule.unmet(cluster, place))}
    try:
        judged = rule.subjects(cluster)
        if unmet:
            judged = [subject for subject in judged if subject.namespace not in unmet]
        matches = [(subject, match) for subject in judged for match in rule.check(subject, cluster)]
    except OwnRuleError as error:  # somebody's rule costs its verdict, not the diagnosis
        return [], {str(error)}
    return matches, {need for lacking in unmet.values() for need in lacking}


def _places(kind: type[View], cluster: ClusterSnapshot) -> frozenset[str | None]:
    """Namespaces that hold objects of a kind."""
    return cluster.remember(
        ("places of", kind), lambda: frozenset(subject.namespace for subject in subjects_of(kind, cluster))
    )


def _read_anywhere(subject: type[View], cluster: ClusterSnapshot) -> bool:
    kinds = {kind.kind for kind in WORKLOADS} if subject is Workload else {subject.kind}
    return any(entry.partition("/")[0] in kinds for entry in cluster.coverage.lists)


def _merge(rule: Rule, matches: list[tuple[View, Match]], cluster: ClusterSnapshot) -> list[Finding]:
    grouped: dict[tuple[ObjectRef, str], list[tuple[View, Match]]] = defaultdict(list)
    for subject, match in matches:
        blamed = match.blame or cluster.workload_ref(subject.ref)
        grouped[(blamed, match.about)].append((subject, match))
    return [_finding(rule, blamed, about, group, cluster) for (blamed, about), group in grouped.items()]


def _finding(
    rule: Rule, blamed: ObjectRef, about: str, group: list[tuple[View, Match]], cluster: ClusterSnapshot
) -> Finding:
    first = group[0][1]
    evidence: dict[str, Evidence] = {}
    for _, match in group:
        for fact in match.evidence:
            stamped = fact if fact.observed_at else fact.model_copy(update={"observed_at": cluster.taken_at})
            evidence.setdefault(fact.id, stamped)
    began = [match.since for _, match in group if match.since]
    concerned = tuple(dict.fromkeys(_concerned(subject) for subject, _ in group))
    more = len(concerned) - 1
    return Finding(
        rule=rule.name,
        subject=blamed,
        severity=rule.severity,
        stage=rule.stage,
        directness=first.directness or rule.directness,
        message=f"{first.message} ({_and_more(more, concerned[0].kind)})" if more else first.message,
        evidence=tuple(evidence.values())[:MOST_EVIDENCE],
        effects=tuple(dict.fromkeys(effect for _, match in group for effect in match.effects)),
        because=tuple(dict.fromkeys(effect for _, match in group for effect in match.because)),
        affected=tuple(ref for ref in concerned if ref != blamed),
        since=min(began) if began else None,
        about=about,
        facts=dict(first.facts),
        due=min((match.due for _, match in group if match.due), default=None),
        arithmetic=first.arithmetic,
    )


def _concerned(subject: View) -> ObjectRef:
    """The object that a match is about: an Event is about another one."""
    return subject.regarding if isinstance(subject, Event) else subject.ref


def _and_more(count: int, kind: str) -> str:
    return f"and {count} more {kind}{'s' if count > 1 and not kind.endswith('s') else ''}"
