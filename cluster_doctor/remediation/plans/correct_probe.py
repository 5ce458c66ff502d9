"""Let a probe ask the port on which the container listens."""

from __future__ import annotations

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.pod_template import container_path
from cluster_doctor.remediation.wording import rollout_check
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload


@repairs(
    "liveness_probe_asks_wrong_port",
    "readiness_probe_asks_wrong_port",
    "startup_probe_asks_wrong_port",
    by=StepType.PATCH_PROBE,
)
def correct_probe_port(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Set the only TCP port that the container declares; with several a person chooses."""
    workload = cluster.find(cause.subject)
    name = cause.facts.get("container", "")
    container = workload.template.container(name) if isinstance(workload, Workload) else None
    probe = container.probes.get(cause.facts.get("probe", "")) if container else None
    if not isinstance(workload, Workload) or container is None or probe is None:
        return None
    ports = [port for port in container.ports if port.protocol == "TCP"]
    if len(ports) != 1:
        return None
    field = (*container_path(workload, name), f"{probe.name}Probe", probe.action, "port")
    return Change(
        title=f"Let the {probe.name} probe of container {name} in {workload.ref} ask port {ports[0].number}",
        target=workload.ref,
        instruction=f"Set the probe's port to {ports[0].number}, which the container declares; it is {probe.port}.",
        precondition=f"the probe still asks port {probe.port}, and the process listens on {ports[0].number}",
        type=StepType.PATCH_PROBE,
        edits=(edit_of(workload.raw, field, ports[0].number),),
        check=rollout_check(workload.ref),
        risk=Risk.LOW,
    )
