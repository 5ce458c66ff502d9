"""A report that has something in every part."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.domain.diagnosis import ChainLink, Hypothesis, RootCause, Status
from cluster_doctor.domain.evidence import Evidence, EvidenceSource
from cluster_doctor.domain.findings import Directness, Severity, Stage
from cluster_doctor.domain.incident import Claim, ClaimVerdict, Incident, Symptom
from cluster_doctor.domain.prediction import Prediction
from cluster_doctor.domain.recurrence import Judgement, Likeness, PastIncident, Recurrence
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationPlan, RemediationStep, Risk, Route
from cluster_doctor.domain.report import Remediation, Report
from cluster_doctor.domain.runbook import RunbookMatch
from cluster_doctor.domain.triage import BlastRadius, Priority, Triage
from cluster_doctor.rules.example import NOW

WEB = ObjectRef(kind="Service", name="web", namespace="shop")
HOSTILE = (
    "a\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnp.exe\u200b\r\x00 <script>alert(1)</script> [x](http://evil) `b` **c**"
)


def full_report(said: str = "selects app=web, which no Pod bears") -> Report:
    """Make a report in which every text that comes from the cluster or the reporter holds `said`."""
    fact = Evidence(
        subject=WEB, source=EvidenceSource.EVENT, path="FailedThing", value=said, command=f"kubectl get events # {said}"
    )
    step = RemediationStep(
        title=said,
        route=Route.CLUSTER,
        target=WEB,
        risk=Risk.LOW,
        precondition=said,
        instruction=said,
        command=f"kubectl patch {said}",
        undo=f"kubectl patch {said}",
        check=said,
    )
    plan = RemediationPlan(
        cause=said,
        fingerprint="f",
        summary=said,
        managed_by=said,
        steps=(step,),
        alternatives=(step,),
        test_plan=(said,),
    )
    past = PastIncident(
        run_id="20251224-180000-fedcba",
        at=NOW - timedelta(days=8),
        incident=said,
        subject=WEB,
        rule="service_selects_no_pods",
        statement=said,
        cause_fingerprint="f",
        judgement=Judgement(confirmed=True, helped=f"relabelled: {said}", by=said, at=NOW),
    )
    wrong = past.model_copy(update={"other_cluster": True, "judgement": Judgement(confirmed=False, by=said, at=NOW)})
    return Report(
        run_id="20260101-120000-abcdef",
        status=Status.RESOLVED,
        incident=Incident(text=said),
        taken_at=NOW,
        source=said,
        identity_note=f"cluster-identity uncertain: {said}",
        claims=(
            Claim(text=said, asserts=said, verdict=ClaimVerdict.CONFIRMED, reason=said, evidence=(fact,)),
            Claim(text=said, asserts=said, verdict=ClaimVerdict.REFUTED, reason=said, evidence=(fact,)),
            Claim(text=said, asserts=said, verdict=ClaimVerdict.UNVERIFIABLE, reason=said),
        ),
        root_causes=(
            RootCause(
                subject=WEB,
                rule="service_selects_no_pods",
                severity="ERROR",
                statement=said,
                confidence=0.9,
                confidence_basis="test",
                evidence=(fact,),
                chain=(
                    ChainLink(subject=WEB, statement=said, observed=True),
                    ChainLink(subject=WEB, statement=f"then {said}", observed=False),
                ),
                since=NOW - timedelta(hours=3),
                seen_before=(
                    Recurrence(likeness=Likeness.SAME, times=3, last=past, judged=(past,)),
                    Recurrence(likeness=Likeness.LASTING, times=1, last=past),
                    Recurrence(likeness=Likeness.CAUSE, times=2, last=wrong, judged=(wrong,)),
                    Recurrence(likeness=Likeness.KIND, times=1, last=past.model_copy(update={"judgement": None})),
                ),
                runbooks=(
                    RunbookMatch(
                        title=said,
                        file=f"{said}.md",
                        line=12,
                        heading=f"below {said}",
                        url=f"https://wiki.example.com/{said}",
                        reasons=("rule service_selects_no_pods", f"symptom “{said}”"),
                    ),
                ),
            ),
        ),
        ruled_out=(Hypothesis(subject=WEB, rule="other", statement=said, confidence=0.1, against=said),),
        unexplained=(Symptom(subject=WEB, statement=said, rule="r", fingerprint="g"),),
        predictions=(
            Prediction(
                rule="volume_will_be_full",
                subject=WEB,
                severity=Severity.ERROR,
                stage=Stage.PREDICTION,
                directness=Directness.MEASURED,
                message=said,
                evidence=(fact,),
                due=NOW + timedelta(days=3),
                arithmetic=f"by this arithmetic: {said}",
                remedy=f"with this remedy: {said}",
            ),
        ),
        gaps=(Gap(kind="Secret", namespace="shop", reason=GapReason.FORBIDDEN, detail=said),),
        rules_unknown={"some_rule": "Secret, Node"},
        recall_notes=(f"runbook noted: {said}",),
        triage=Triage(
            priority=Priority.P1,
            reasons=(said,),
            impact=said,
            urgency=said,
            blast_radius=BlastRadius(services=(WEB,)),
            owner=said,
            owner_source=said,
        ),
        remediation=Remediation(plans=(plan,), digest="d"),
    )
