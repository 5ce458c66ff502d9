"""What answers make of a case: enough, or asked again."""

from __future__ import annotations

from cluster_doctor.tools.writing import Consent
from cluster_doctor.workflow.state import CaseState


def update_by(consent: Consent) -> CaseState:
    """Keep the approvals that count; once they are enough, all as one."""
    counted: CaseState = {
        "approvals": [approval.model_dump(mode="json") for approval in consent.approvals],
        "awaits": "" if consent.is_enough else wanting_in(consent),
        "objection": "",
    }
    if consent.is_enough:
        counted["approval"] = consent.as_one.model_dump(mode="json")
    return counted


def wanting_in(consent: Consent) -> str:
    """Say what is wanting, and why somebody's word does not count."""
    return "; ".join([*consent.wanting, *(why for _, why in consent.refused)])
