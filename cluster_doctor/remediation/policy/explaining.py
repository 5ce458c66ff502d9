"""What a policy says to the plans of a run, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationPlan, RemediationStep, Route
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.policy.facts import TargetFacts, facts_in
from cluster_doctor.remediation.policy.judging import judge, judge_in_turn
from cluster_doctor.remediation.policy.policy import Policy
from cluster_doctor.snapshot.snapshot import ClusterSnapshot


class JudgedStep(BaseModel):
    """One step of a plan, and what the policy says to it.

    Attributes:
        plan: the number of its plan, from 1.
        summary: what the plan does.
        title: what the step does.
        alternative: whether it is another way than the plan's own, judged as if it were the only step.
        type: what kind of step it is; None where a person acts by hand.
        route: how it reaches the cluster.
        target: the object that changes.
        verdict: what the policy says.
    """

    model_config = ConfigDict(frozen=True)

    plan: int
    summary: str
    title: str
    alternative: bool
    type: StepType | None
    route: Route
    target: ObjectRef
    verdict: PolicyVerdict


class PolicyExplanation(BaseModel):
    """What a policy says to the plans of a run. `docs/policy-explain.schema.json` describes its JSON form.

    `allowed` tells whether it allows every step, those that are only alternatives aside.
    """

    model_config = ConfigDict(frozen=True)

    schema_version: str = "1"
    run_id: str
    policy_digest: str
    judged_at: datetime
    allowed: bool
    steps: tuple[JudgedStep, ...]


def explain_plans(
    policy: Policy, plans: Sequence[RemediationPlan], cluster: ClusterSnapshot | None, run_id: str, now: datetime
) -> PolicyExplanation:
    """Judge plans by what the run saw, as if nothing had been written before.

    Args:
        policy: what is allowed.
        plans: the run's, in order; the steps of each are judged as if those before had been made.
        cluster: what the run saw; None if that is not kept.
        run_id: the run.
        now: with a time zone.
    """
    judged = []
    for number, plan in enumerate(plans, 1):
        own = [(step, _facts(step, cluster)) for step in plan.steps]
        verdicts = judge_in_turn(policy, own, (), now)
        judged += [_judged(number, plan, step, verdict) for (step, _), verdict in zip(own, verdicts, strict=True)]
        for step in plan.alternatives:
            verdict = judge(policy, step, _facts(step, cluster), (), now)
            judged.append(_judged(number, plan, step, verdict, alternative=True))
    return PolicyExplanation(
        run_id=run_id,
        policy_digest=policy.digest,
        judged_at=now,
        allowed=all(one.verdict.allowed for one in judged if not one.alternative),
        steps=tuple(judged),
    )


def _facts(step: RemediationStep, cluster: ClusterSnapshot | None) -> TargetFacts:
    return facts_in(cluster, step.target) if cluster else TargetFacts()


def _judged(
    number: int, plan: RemediationPlan, step: RemediationStep, verdict: PolicyVerdict, *, alternative: bool = False
) -> JudgedStep:
    return JudgedStep(
        plan=number,
        summary=plan.summary,
        title=step.title,
        alternative=alternative,
        type=step.type,
        route=step.route,
        target=step.target,
        verdict=verdict,
    )
