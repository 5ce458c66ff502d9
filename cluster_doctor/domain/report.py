"""The report: what a person or a program gets."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from cluster_doctor.domain.change import PriorChange
from cluster_doctor.domain.coverage import Gap
from cluster_doctor.domain.diagnosis import Hypothesis, NextProbe, RootCause, Status
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.incident import Claim, Incident, Symptom
from cluster_doctor.domain.inquiry import Lead
from cluster_doctor.domain.log_pattern import LogChange
from cluster_doctor.domain.model_use import ModelUse
from cluster_doctor.domain.outcome import StepState
from cluster_doctor.domain.prediction import Prediction
from cluster_doctor.domain.proposal import ProposalState
from cluster_doctor.domain.rehearsal import Rehearsal
from cluster_doctor.domain.remediation import Outcome, RemediationPlan
from cluster_doctor.domain.step_keys import is_other_way, plan_of, steps_of_all
from cluster_doctor.domain.triage import Triage

SCHEMA_VERSION = "1"


class Remediation(BaseModel):
    """Plans, one per root cause that has one, what trying them showed, and what became of them.

    `rehearsal` is None where nothing was tried.
    """

    model_config = ConfigDict(frozen=True)

    plans: tuple[RemediationPlan, ...] = ()
    digest: str = ""
    rehearsal: Rehearsal | None = None
    outcome: Outcome | None = None

    def healed_by(self, fingerprint: str) -> str:
        """What was done about a cause, after which it was seen to be gone; empty if there is nothing.

        That is the plan, or the other way that a person chose.
        """
        if self.outcome is None or not self.outcome.healed:
            return ""
        done = {step.key for step in self.outcome.steps if step.state is StepState.APPLIED}
        done |= {proposal.key for proposal in self.outcome.proposals if proposal.state is ProposalState.MERGED}
        for number, plan in enumerate(self.plans, 1):
            keys = {key for key in done if plan_of(key) == number}
            if keys and plan.fingerprint == fingerprint:
                chosen = [step.title for key, step in steps_of_all(self.plans) if key in keys and is_other_way(key)]
                return "; ".join(chosen if all(map(is_other_way, keys)) else [plan.summary, *chosen])
        return ""


class Report(BaseModel):
    """One run's result. Its JSON form is a contract; `docs/report.schema.json` holds it.

    `run_id` of a replay that changes nothing is that of the run which it replays. What does change something says so in
    `varied`: then the report is not about the cluster as it was. `changes` came before what is left unexplained; those
    that came before a root cause stand with it.
    `recall_notes` say what of the earlier runs and the runbooks could not be read. `leads` are what a model proposed,
    with what became of each, and `model` says what it took; None where no model was asked.
    """

    model_config = ConfigDict(frozen=True)

    schema_version: str = SCHEMA_VERSION
    run_id: str
    status: Status
    incident: Incident
    varied: tuple[str, ...] = ()
    taken_at: datetime
    source: str
    identity: ClusterIdentity | None = None
    identity_note: str = ""
    claims: tuple[Claim, ...] = ()
    root_causes: tuple[RootCause, ...] = ()
    ruled_out: tuple[Hypothesis, ...] = ()
    unexplained: tuple[Symptom, ...] = ()
    leads: tuple[Lead, ...] = ()
    log_changes: tuple[LogChange, ...] = ()
    changes: tuple[PriorChange, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    next_probes: tuple[NextProbe, ...] = ()
    gaps: tuple[Gap, ...] = ()
    rules_unknown: dict[str, str] = {}
    recall_notes: tuple[str, ...] = ()
    model: ModelUse | None = None
    triage: Triage | None = None
    remediation: Remediation | None = None
