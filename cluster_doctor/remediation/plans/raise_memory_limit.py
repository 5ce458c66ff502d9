"""Give a container that was killed for its memory a higher limit, or its program less to do."""

from __future__ import annotations

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.pod_template import container_path
from cluster_doctor.remediation.wording import rollout_check
from cluster_doctor.snapshot.quantity import format_quantity, parse_quantity
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import CronJob, Workload

_FACTOR = 2


@repairs("memory_limit_is_exceeded", by=StepType.SET_RESOURCES)
def raise_memory_limit(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Double the limit as a first measure; what it really needs is a person's choice."""
    workload = cluster.find(cause.subject)
    name = cause.facts.get("container", "")
    if not isinstance(workload, Workload) or isinstance(workload, CronJob) or not name:
        return None
    container = workload.template.container(name)
    limit = container.limit("memory") if container else parse_quantity(cause.facts.get("limit"))
    if not limit:
        return None
    old, new = format_quantity(limit, binary=True), format_quantity(limit * _FACTOR, binary=True)
    return Change(
        title=f"Raise the memory limit of container {name} in {workload.ref} to {new}",
        target=workload.ref,
        instruction=f"Set the memory limit of container {name} to {new}; it is {old}. Watch what it really uses, and "
        "look for a leak if it grows again.",
        precondition=f"the limit is still {old}, and a node and the namespace's quota have room",
        type=StepType.SET_RESOURCES,
        edits=(edit_of(workload.raw, (*container_path(workload, name), "resources", "limits", "memory"), new),),
        check=f"{rollout_check(workload.ref)}; no further OOMKilled",
        risk=Risk.MEDIUM,
    ).or_else(
        Change(
            title=f"Let the program in container {name} use less memory",
            target=workload.ref,
            instruction=f"Bound caches, workers or heap below {old}, or find the leak.",
            precondition="the program can be configured so",
            undo="Put the settings back.",
            check="no further OOMKilled",
            risk=Risk.LOW,
        )
    )
