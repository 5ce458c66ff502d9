"""The report: what a person or a program gets."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from cluster_doctor.domain.change import PriorChange
from cluster_doctor.domain.coverage import Gap
from cluster_doctor.domain.diagnosis import Hypothesis, NextProbe, RootCause, Status
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.incident import Claim, Incident, Symptom
from cluster_doctor.domain.log_pattern import LogChange
from cluster_doctor.domain.prediction import Prediction
from cluster_doctor.domain.rehearsal import Rehearsal
from cluster_doctor.domain.remediation import Outcome, RemediationPlan
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


class Report(BaseModel):
    """One run's result. Its JSON form is a contract; `docs/report.schema.json` holds it.

    `changes` came before what is left unexplained; those that came before a root cause stand with it.
    `recall_notes` say what of the earlier runs and the runbooks could not be read.
    """

    model_config = ConfigDict(frozen=True)

    schema_version: str = SCHEMA_VERSION
    run_id: str
    status: Status
    incident: Incident
    taken_at: datetime
    source: str
    identity: ClusterIdentity | None = None
    identity_note: str = ""
    claims: tuple[Claim, ...] = ()
    root_causes: tuple[RootCause, ...] = ()
    ruled_out: tuple[Hypothesis, ...] = ()
    unexplained: tuple[Symptom, ...] = ()
    log_changes: tuple[LogChange, ...] = ()
    changes: tuple[PriorChange, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    next_probes: tuple[NextProbe, ...] = ()
    gaps: tuple[Gap, ...] = ()
    rules_unknown: dict[str, str] = {}
    recall_notes: tuple[str, ...] = ()
    triage: Triage | None = None
    remediation: Remediation | None = None
