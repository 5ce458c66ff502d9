"""Let an autoscaler go higher."""

from __future__ import annotations

from math import ceil

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.wording import kubectl
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Autoscaler

_FACTOR = 1.5


@repairs("autoscaler_is_at_its_maximum", by=StepType.ADJUST_AUTOSCALER)
def raise_autoscaler_maximum(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Raise the maximum by half, as a first measure; what the load needs is a person's choice."""
    scaler = cluster.get(Autoscaler, cause.subject.namespace, cause.subject.name)
    most = scaler.integer("spec", "maxReplicas") if scaler else 0
    if scaler is None or most < 1:
        return None
    more = max(most + 1, ceil(most * _FACTOR))
    return Change(
        title=f"Let {scaler.ref} go up to {more} replicas",
        target=scaler.ref,
        instruction=f"Set maxReplicas to {more}; it is {most}. Find out why the load grew.",
        precondition=f"maxReplicas is still {most}, and nodes and quota have room for {more}",
        type=StepType.ADJUST_AUTOSCALER,
        edits=(edit_of(scaler.raw, ("spec", "maxReplicas"), more),),
        check=f"{kubectl('get', scaler.ref)} shows fewer replicas than its maximum",
        risk=Risk.MEDIUM,
    ).or_else(
        Change(
            title=f"Let {scaler.target} get less load",
            target=scaler.ref,
            instruction="Bound or spread the load, or make a request cheaper.",
            precondition="the load can be bounded",
            undo="Take the bound away.",
            check=f"{kubectl('get', scaler.ref)} shows fewer replicas than its maximum",
            risk=Risk.LOW,
        )
    )
