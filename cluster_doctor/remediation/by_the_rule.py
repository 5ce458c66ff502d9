"""The remedy in a rule's documentation, as a change that a person makes."""

from __future__ import annotations

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.remediation.change import Change
from cluster_doctor.remediation.wording import rollout_check
from cluster_doctor.rules.catalogue import all_rules


def by_the_rule(cause: RootCause) -> Change | None:
    """Turn a rule's remedy into a change; None if there is no such rule."""
    rule = next((rule for rule in all_rules() if rule.name == cause.rule), None)
    if rule is None:
        return None
    shown = next((evidence.command for evidence in cause.evidence if evidence.command), "")
    return Change(
        title=f"Repair {cause.subject}",
        target=cause.subject,
        instruction=rule.doc.remedy,
        precondition=f"still so: {shown}" if shown else f"{cause.subject} is still as the report says",
        undo="Put back the value that was there before; the evidence shows it.",
        check=rollout_check(cause.subject),
        choice=True,
    )
