"""Tells a person what a run waits for, once its changes are proposed."""

from __future__ import annotations

from cluster_doctor.cli.console import Console
from cluster_doctor.domain.report import Report
from cluster_doctor.reports.wording import where_proposed

AWAITS_MERGE = 4
"""The exit code of a run that cannot go on before people merge."""


def tell_what_is_open(report: Report, console: Console) -> bool:
    """Name what has to be merged, and how to go on afterwards; return whether there is anything."""
    outcome = report.remediation.outcome if report.remediation else None
    waiting = [proposal for proposal in outcome.proposals if proposal.is_open] if outcome else []
    for proposal in waiting:
        console.say(f"Still open: {where_proposed(proposal)}.")
        if proposal.note:
            console.say(f"  {proposal.note}")
    if not waiting:
        return False
    console.say(f"  Once it is merged: cluster-doctor runs resume {report.run_id}")
    console.say("  That looks at the cluster until the change has arrived and healed, or tells you how to revert it.")
    return True
