"""Puts a report together from what a case has come to."""

from __future__ import annotations

from cluster_doctor.domain.diagnosis import Diagnosis
from cluster_doctor.domain.errors import RunError
from cluster_doctor.domain.incident import Claim
from cluster_doctor.domain.inquiry import Readings
from cluster_doctor.domain.model_use import ModelUse
from cluster_doctor.domain.recollection import Recollection
from cluster_doctor.domain.rehearsal import Rehearsal
from cluster_doctor.domain.remediation import RemediationPlan
from cluster_doctor.domain.report import Remediation, Report
from cluster_doctor.domain.triage import Triage
from cluster_doctor.history.evidence_store import EvidenceStore
from cluster_doctor.workflow.state import Case


def report_of(case: Case, evidence: EvidenceStore) -> Report:
    """Read the results of a case's nodes; the same case always gives the same report.

    Raises:
        RunError: the case has not come to a diagnosis yet, or its evidence is lost.
    """
    if not case.diagnosis:
        raise RunError(
            f"run {case.run_id} has not come to a diagnosis", f"Go on with `cluster-doctor runs resume {case.run_id}`."
        )
    cluster = evidence.snapshot(case.snapshot)
    diagnosis = evidence.get(case.diagnosis, Diagnosis)
    claims: tuple[Claim, ...] = evidence.get(case.claims, tuple[Claim, ...]) if case.claims else ()
    recalled = evidence.get(case.recollection, Recollection) if case.recollection else Recollection()
    plans: tuple[RemediationPlan, ...] = evidence.get(case.plans, tuple[RemediationPlan, ...]) if case.plans else ()
    return Report(
        run_id=case.replays if case.replays and not case.varied else case.run_id,
        status=diagnosis.status,
        incident=case.incident,
        varied=case.varied,
        taken_at=cluster.taken_at,
        source=cluster.source,
        identity=cluster.identity,
        identity_note=case.identity_note,
        claims=claims,
        root_causes=tuple(map(recalled.beside, diagnosis.root_causes)),
        ruled_out=diagnosis.ruled_out,
        unexplained=diagnosis.unexplained,
        leads=diagnosis.leads,
        log_changes=diagnosis.log_changes,
        changes=diagnosis.changes,
        predictions=diagnosis.predictions,
        next_probes=diagnosis.next_probes,
        gaps=diagnosis.gaps,
        rules_unknown=diagnosis.rules_unknown,
        recall_notes=recalled.notes,
        model=_model_use(case, evidence),
        triage=evidence.get(case.triage, Triage) if case.triage else None,
        remediation=Remediation(plans=plans, digest=case.digest, rehearsal=_tried(case, evidence), outcome=case.outcome)
        if plans
        else None,
    )


def _model_use(case: Case, evidence: EvidenceStore) -> ModelUse | None:
    """What the model did in all: at the report, and at what the rules left open."""
    read = evidence.get(case.readings, Readings) if case.readings else None
    use = evidence.get(case.model_use, ModelUse) if case.model_use else None
    if read is None:
        return use
    use = use or ModelUse(name=case.model.name if case.model else "")
    return use.model_copy(update={"usage": read.usage + use.usage, "notes": (*read.notes, *use.notes)})


def _tried(case: Case, evidence: EvidenceStore) -> Rehearsal | None:
    """What was tried, if anything was: without a policy or a repository there is nothing to tell."""
    shown = evidence.get(case.rehearsal, Rehearsal) if case.rehearsal else None
    return shown if shown and (shown.performed or shown.steps or shown.proposals) else None
