"""Let an Ingress lead to the port that its Service offers."""

from __future__ import annotations

from pydantic import JsonValue

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.wording import kubectl
from cluster_doctor.snapshot.paths import steps
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Ingress, Service


@repairs("ingress_backend_port_does_not_exist", by=StepType.PATCH_PORT)
def correct_ingress_port(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Name the only port of the Service in each of the backends that name another; else a person chooses."""
    ingress = cluster.get(Ingress, cause.subject.namespace, cause.subject.name)
    service = cluster.get(Service, cause.subject.namespace, cause.facts.get("service", ""))
    if ingress is None or service is None or len(service.ports) != 1:
        return None
    port, wrong = service.ports[0], cause.facts.get("port", "")
    backends = [one for one in ingress.backends() if (one.service, one.port) == (service.name, wrong)]
    wanted: JsonValue = {"number": port.number}
    edits = tuple(edit_of(ingress.raw, (*_written(backend.path), "service", "port"), wanted) for backend in backends)
    if not edits or any(edit.was is None for edit in edits):
        return None
    return Change(
        title=f"Let {ingress.ref} lead to port {port.number} of Service {service.name}",
        target=ingress.ref,
        instruction=f"Set the backend's port to {port.number}; it is {wrong}.",
        precondition=f"the backend still names port {wrong}",
        type=StepType.PATCH_PORT,
        edits=edits,
        check=f"{kubectl('describe', ingress.ref)} shows endpoints",
        risk=Risk.LOW,
    )


def _written(path: str) -> tuple[str, ...]:
    """A path as edits write it."""
    return tuple(f"[{step}]" if isinstance(step, int) else step for step in steps(path))
