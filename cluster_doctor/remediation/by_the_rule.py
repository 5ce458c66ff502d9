"""The remedy in a rule's documentation, as a change that a person makes."""

from __future__ import annotations

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.remediation.change import Change
from cluster_doctor.remediation.wording import rollout_check
from cluster_doctor.rules.rule_set import OURS


def by_the_rule(cause: RootCause) -> Change | None:
    """Turn a rule's remedy into a change; None if there is none. Diagnoses of earlier versions do not hold it."""
    rule = OURS.named(cause.rule)
    remedy = cause.remedy or (rule.doc.remedy if rule else "")
    if not remedy:
        return None
    shown = next((evidence.command for evidence in cause.evidence if evidence.command), "")
    return Change(
        title=f"Repair {cause.subject}",
        target=cause.subject,
        instruction=remedy,
        precondition=f"still so: {shown}" if shown else f"{cause.subject} is still as the report says",
        undo="Put back the value that was there before; the evidence shows it.",
        check=rollout_check(cause.subject),
        choice=True,
    )
