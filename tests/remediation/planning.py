"""Plans for what a rule finds in an example."""

from __future__ import annotations

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.findings import Stage
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationPlan, RemediationStep
from cluster_doctor.remediation.planner import plan_for
from cluster_doctor.rules.engine import check_all
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot


def planned(rule: str, text: str) -> tuple[ClusterSnapshot, RemediationPlan]:
    """Plan what a rule finds first."""
    cluster = snapshot_of(text)
    found = next(finding for finding in check_all(cluster, frozenset(Stage)).findings if finding.rule == rule)
    plan = plan_for(cluster, cause_of(rule, found.subject, **found.facts))
    assert plan is not None
    return cluster, plan


def cause_of(rule: str, subject: ObjectRef, **facts: str) -> RootCause:
    """Name a cause."""
    return RootCause(
        subject=subject, rule=rule, severity="ERROR", statement="s", confidence=0.9, confidence_basis="", evidence=(),
        chain=(), facts=facts,
    )  # fmt: skip


def shown(step: RemediationStep) -> str:
    """Type, target and edits of a step."""
    return f"{step.type} {step.target}: {'; '.join(map(str, step.edits))}".removesuffix(": ")
