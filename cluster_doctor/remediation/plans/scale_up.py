"""Give a workload that was scaled to zero its replicas back."""

from __future__ import annotations

import re

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import FieldEdit, StepType
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.wording import kubectl, rollout_check
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ReplicaSet

_SCALED_DOWN = re.compile(r"Scaled down replica set (\S+) (?:from (\d+) to 0|to 0 from (\d+))$")
"""In the words of the Deployment controller, those of today and those of before."""


@repairs("workload_is_scaled_to_zero", by=StepType.SCALE)
def scale_up(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Scale to the number that it had, where an Event tells; to one else, and a person chooses."""
    before = _replicas_before(cluster, cause.subject)
    replicas = before or 1
    return Change(
        title=f"Scale {cause.subject} to {replicas}",
        target=cause.subject,
        instruction=f"Set spec.replicas to {replicas}"
        + (", the number before it was scaled down." if before else ", or to what the load needs.")
        + " Ask first who scaled it down, and why.",
        precondition="spec.replicas is still 0, and nobody stopped it on purpose",
        type=StepType.SCALE,
        edits=(FieldEdit(path=("spec", "replicas"), was=0, becomes=replicas),),
        undo=kubectl("scale", cause.subject, "--replicas=0"),
        check=rollout_check(cause.subject),
        risk=Risk.MEDIUM,
        choice=not before,
    )


def _replicas_before(cluster: ClusterSnapshot, subject: ObjectRef) -> int:
    """How many Pods the revision of today was scaled down from; 0 if no Event tells.

    A rollout scales the revision of before down to zero, one after another; that says nothing about the whole.
    """
    revisions = sorted(cluster.owned_by(subject, ReplicaSet), key=lambda view: view.revision)
    events = sorted(cluster.events_about(subject, "ScalingReplicaSet"), key=lambda event: str(event.last_seen))
    for event in reversed(events):
        found = _SCALED_DOWN.search(event.message)
        if found and (not revisions or found[1] == revisions[-1].name):
            return int(found[2] or found[3])
    return 0
