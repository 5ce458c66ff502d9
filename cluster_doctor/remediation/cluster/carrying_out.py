"""Rehearses plans, carries out what was approved of them, and takes it back: step by step, in order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from cluster_doctor.domain.outcome import StepOutcome, StepState
from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.rehearsal import Rehearsal
from cluster_doctor.domain.remediation import RemediationPlan, RemediationStep
from cluster_doctor.remediation.cluster.access import WriteAccess
from cluster_doctor.remediation.cluster.announcing import Announcements
from cluster_doctor.remediation.cluster.applying import Applier
from cluster_doctor.remediation.cluster.identity import objection_to
from cluster_doctor.remediation.cluster.rehearsing import Judge, rehearse_step, steps_in
from cluster_doctor.remediation.cluster.writer import open_writer
from cluster_doctor.remediation.fields import Object
from cluster_doctor.rules.rule_set import OURS, RuleSet
from cluster_doctor.snapshot.snapshot import ClusterSnapshot


@dataclass(frozen=True)
class Mandate:
    """What was approved, by whom, for which run, until when, and the way into the cluster.

    After `until` no step is begun; what was begun may still be taken back. `rules` found what is to heal.
    """

    access: WriteAccess
    run_id: str
    approver: str
    plans: Sequence[RemediationPlan]
    rehearsal: Rehearsal
    cluster: ClusterSnapshot
    until: datetime | None = None
    rules: RuleSet = OURS


def rehearse_plans(
    access: WriteAccess | None, plans: Sequence[RemediationPlan], plan_digest: str, cluster: ClusterSnapshot
) -> Rehearsal:
    """Try all steps that a program can carry out on the cluster that was diagnosed, and on no other.

    Raises:
        ClusterUnavailable: the cluster cannot be reached any more.
    """
    if access is None:
        return Rehearsal(plan_digest=plan_digest, note="nothing may be changed in a cluster here")
    if not any(steps_in(plans)):
        return Rehearsal(plan_digest=plan_digest, note="no step of the plans is one for a program")
    with open_writer(access.target) as writer:
        judge = access.judge(cluster, writer.namespace_labels)
        identity, at = writer.identity(), datetime.now(UTC)
        any_certificate = access.any_certificate and writer.is_verified
        objection = objection_to(identity, cluster.identity, any_certificate=any_certificate)
        steps = () if objection else tuple(rehearse_step(writer, key, step, judge) for key, step in steps_in(plans))
    return Rehearsal(
        plan_digest=plan_digest,
        performed=not objection,
        note=objection,
        identity=identity,
        policy_digest=access.policy_digest,
        steps=steps,
        at=at,
    )


def apply_steps(mandate: Mandate, keys: Collection[str]) -> tuple[StepOutcome, ...]:
    """Carry out the steps with some keys, in the order of the plans, up to the first that cannot be.

    Raises:
        ClusterUnavailable: the cluster cannot be reached; going on later finds out what happened.
    """
    rehearsed = {step.key: step for step in mandate.rehearsal.offered if step.key in keys}
    outcomes: list[StepOutcome] = []
    with _applier(mandate) as applier:
        for key, step in steps_in(mandate.plans):
            if key in rehearsed:
                if outcomes:
                    applier.settle(rehearsed[outcomes[-1].key])
                outcomes.append(applier.apply(rehearsed[key], step))
                if outcomes[-1].state is not StepState.APPLIED:
                    break
    return tuple(outcomes)


def undo_steps(mandate: Mandate, outcomes: Sequence[StepOutcome]) -> tuple[StepOutcome, ...]:
    """Take back what was applied, the last first.

    Raises:
        ClusterUnavailable: as for `apply_steps`.
    """
    steps, rehearsed = dict(steps_in(mandate.plans)), {step.key: step for step in mandate.rehearsal.steps}
    applied = [outcome.key for outcome in outcomes if outcome.state is StepState.APPLIED]
    with _applier(mandate) as applier:
        return tuple(applier.undo(rehearsed[key], steps[key]) for key in reversed(applied))


@contextmanager
def _applier(mandate: Mandate) -> Iterator[Applier]:
    access = mandate.access
    with open_writer(access.target) as writer:
        meant = mandate.rehearsal.identity
        record = Announcements(access.log, mandate.run_id, mandate.approver, meant, access.any_certificate)
        judge = _in_time(access.judge(mandate.cluster, writer.namespace_labels), mandate.until)
        yield Applier(writer, record, judge, access.point, access.hold)


def _in_time(judge: Judge, until: datetime | None) -> Judge:
    """Deny what is begun after the approval has lapsed, as by a run that was killed and goes on the next day."""

    def of(step: RemediationStep, live: Object | None) -> PolicyVerdict:
        if until is not None and datetime.now(UTC) > until:
            return PolicyVerdict(allowed=False, reasons=(f"the approval counted until {until:%Y-%m-%d %H:%M:%S %Z}",))
        return judge(step, live)

    return of
