"""Tools that turn plans into changes of repositories, and follow them. Only the remediator holds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cluster_doctor.domain.remediation import RemediationPlan
from cluster_doctor.domain.trace_spans import traced_tool
from cluster_doctor.remediation.cluster import confirming
from cluster_doctor.remediation.cluster.confirming import Confirmation
from cluster_doctor.remediation.proposals.access import ProposalAccess
from cluster_doctor.remediation.proposals.drafting import proposable
from cluster_doctor.remediation.proposals.proposing import ProposalMandate
from cluster_doctor.remediation.proposals.proposing import look_up_proposals as _look_up_proposals
from cluster_doctor.remediation.proposals.proposing import make_proposals as _make_proposals
from cluster_doctor.remediation.proposals.rehearsing import rehearse_proposals as _rehearse_proposals
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

__all__ = [
    "ProposalAccess",
    "ProposalMandate",
    "confirm_merge",
    "look_up_proposals",
    "make_proposals",
    "rehearse_proposals",
]

look_up_proposals = traced_tool(_look_up_proposals)
make_proposals = traced_tool(_make_proposals)
rehearse_proposals = traced_tool(_rehearse_proposals)


@traced_tool
def confirm_merge(
    access: ProposalAccess,
    plans: Mapping[int, RemediationPlan],
    look: Callable[[], ClusterSnapshot],
    before: ClusterSnapshot,
) -> Confirmation:
    """Watch whether what was merged of plans, by their numbers, reaches the cluster and heals what it was made for."""
    return confirming.confirm(
        look,
        [plan.fingerprint for plan in plans.values()],
        [step.target for number, plan in plans.items() for step in proposable(number, plan).values()],
        access.patience,
        before,
        access.rules,
    )
