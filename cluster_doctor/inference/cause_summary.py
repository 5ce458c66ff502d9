"""Puts a report's root causes into the form {root_cause, contributing_factors, fix_steps, prevention}, mechanically."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.cause_summary import CauseSummary, ReportSummary
from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.findings import Finding, Stage
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationPlan
from cluster_doctor.domain.report import Report
from cluster_doctor.rules.engine import check_all
from cluster_doctor.rules.rule_set import OURS, RuleSet
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

RISKS = frozenset({Stage.RISK})


def summarise(report: Report, cluster: ClusterSnapshot | None = None, rules: RuleSet = OURS) -> ReportSummary:
    """Summarise a report.

    Contributing factors are what changed before, and other causes of the same symptoms. Fix steps are those of the
    plan, or what the rule's documentation advises. Prevention is that advice where there is a plan, and what the rules
    about risks and about the future say of the same objects.

    Args:
        report: the report.
        cluster: the picture that it is about, to ask the rules about risks; without it they are not asked.
        rules: those that found the causes.
    """
    risks = check_all(cluster, RISKS, rules).findings if cluster is not None else ()
    parts = [_summary(cause, report, risks, rules) for cause in report.root_causes]
    first = parts[0].model_dump() if parts else {}
    return ReportSummary(**first, run_id=report.run_id, status=report.status, other_root_causes=tuple(parts[1:]))


def _summary(cause: RootCause, report: Report, risks: tuple[Finding, ...], rules: RuleSet) -> CauseSummary:
    plans = report.remediation.plans if report.remediation else ()
    plan = next((plan for plan in plans if plan.fingerprint == cause.fingerprint), None)
    steps = tuple(_steps(plan)) if plan else ()
    return CauseSummary(
        root_cause=f"{cause.subject}: {cause.statement}",
        contributing_factors=tuple(_contributing(cause, report)),
        fix_steps=steps or ((cause.remedy,) if cause.remedy else ()),
        prevention=tuple(dict.fromkeys(_prevention(cause, report, risks, rules, advised=not steps))),
        subject=cause.subject,
        rule=cause.rule,
        confidence=cause.confidence,
        evidence=tuple(fact.id for fact in cause.evidence),
    )


def _contributing(cause: RootCause, report: Report) -> Iterator[str]:
    for prior in cause.changes:
        change = prior.change
        when = f"{change.at:%Y-%m-%d %H:%M:%S} UTC" if change.at else "at an unknown time"
        by = f" (by {change.by})" if change.by else ""
        yield f"{when}: {change.subject}: {change.statement}{by}"
    symptoms = {symptom.fingerprint for symptom in cause.explains}
    for other in report.root_causes:
        if other is not cause and symptoms & {symptom.fingerprint for symptom in other.explains}:
            yield f"{other.subject}: {other.statement} ({other.confidence:.0%})"


def _steps(plan: RemediationPlan) -> Iterator[str]:
    for step in plan.steps:
        command = f" `{step.command}`" if step.command else ""
        yield f"{step.title}: {step.instruction}{command}"


def _prevention(
    cause: RootCause, report: Report, risks: tuple[Finding, ...], rules: RuleSet, *, advised: bool
) -> Iterator[str]:
    if cause.remedy and not advised:
        yield cause.remedy
    concerned: set[ObjectRef] = {cause.subject, *cause.affected, *(symptom.subject for symptom in cause.explains)}
    for risk in risks:
        rule = rules.named(risk.rule)
        if rule is not None and concerned & {risk.subject, *risk.affected}:
            yield f"{risk.message}: {rule.doc.remedy}"
    for coming in report.predictions:
        if concerned & {coming.subject, *coming.affected}:
            yield f"{coming.message}: {coming.remedy}"
