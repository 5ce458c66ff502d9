"""Give a workload that was scaled to zero its replicas back."""

from __future__ import annotations

import re

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import FieldEdit, StepType
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.wording import kubectl, rollout_check
from cluster_doctor.snapshot.snapshot import ClusterSnapshot


@repairs("workload_is_scaled_to_zero")
def scale_up(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Scale to the number that it had, where an Event tells; to one else, and a person chooses."""
    before = [
        match[1]
        for event in cluster.events_about(cause.subject, "ScalingReplicaSet")
        if (match := re.search(r" to 0 from (\d+)", event.message))
    ]
    replicas = int(before[0]) if before else 1
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
