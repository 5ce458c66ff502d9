"""Let an environment variable name the Service, and the port, that are there."""

from __future__ import annotations

import re

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.pod_template import container_path, variable_at
from cluster_doctor.remediation.wording import rollout_check
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload


@repairs("address_names_unknown_service", by=StepType.PATCH_ENV)
def correct_host(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Name the one Service that offers the port instead of one that does not exist."""
    host, near = cause.facts.get("host", ""), cause.facts.get("near", "")
    if not host or not near:
        return None
    label = host.split(".", maxsplit=1)[0]
    return _corrected(cluster, cause, rf"(?<![\w.-]){re.escape(label)}(?![\w-])", near)


@repairs("address_names_unserved_port", by=StepType.PATCH_ENV)
def correct_port(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Name the only port that the Service offers; with several a person chooses."""
    host, port = cause.facts.get("host", ""), cause.facts.get("port", "")
    offered = re.findall(r"\d+", cause.facts.get("offered", ""))
    if not host or not port or len(offered) != 1:
        return None
    return _corrected(cluster, cause, rf"(?<={re.escape(host)}:){port}(?!\d)", offered[0])


def _corrected(cluster: ClusterSnapshot, cause: RootCause, pattern: str, instead: str) -> Change | None:
    """Replace a part of the variable's value that the cause cites; other places are a person's to find."""
    workload = cluster.find(cause.subject)
    found = variable_at(workload, cause.facts.get("path", "")) if isinstance(workload, Workload) else None
    if not isinstance(workload, Workload) or found is None:
        return None
    container, name = found
    old = container.env[name]
    new, times = re.subn(pattern, instead, old)
    if times != 1:
        return None
    field = (*container_path(workload, container.name), "env", f"[name={name}]", "value")
    edit = edit_of(workload.raw, field, new)
    if edit.was != old:
        return None
    return Change(
        title=f"Set {name} of container {container.name} in {workload.ref} to {new}",
        target=workload.ref,
        instruction=f"Set the variable {name} to {new}; it is {old}.",
        precondition=f"{name} is still {old}",
        type=StepType.PATCH_ENV,
        edits=(edit,),
        check=rollout_check(workload.ref),
        risk=Risk.LOW,
    )
