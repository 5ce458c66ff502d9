"""What is well today and will not stay so."""

from __future__ import annotations

from datetime import datetime, timedelta

from cluster_doctor.domain.findings import Finding

NEAR = timedelta(days=7)
"""A prediction that is due within this time asks for something to be done now."""


class Prediction(Finding):
    """A finding about the future: `message` says what will happen, `due` when, `arithmetic` how that is known.

    `due` is None where it hangs on what somebody does next, such as a drain or an upgrade.
    """

    remedy: str = ""


def is_near(finding: Finding, now: datetime) -> bool:
    """Tell whether something is due within a week."""
    return finding.due is not None and finding.due - now <= NEAR


def by_urgency(finding: Finding) -> tuple[object, ...]:
    """Order what is coming up: what is due first, then what has no date, worst first."""
    due = finding.due.timestamp() if finding.due else float("inf")
    return due, -finding.severity, finding.subject, finding.rule, finding.about
