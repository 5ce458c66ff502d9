"""The workload that a Service was meant for."""

from __future__ import annotations

from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Service, Workload


def workload_meant_by(service: Service, cluster: ClusterSnapshot) -> Workload | None:
    """Find the workload that was meant: one that no other Service leads to and that serves the Service's ports.

    A name is not evidence by itself, so that it only decides between workloads that fit otherwise.
    """
    wanted = {port.target for port in service.ports}
    best: tuple[int, Workload] | None = None
    for workload in cluster.workloads():
        if workload.namespace != service.namespace or not workload.template_labels:
            continue
        served = {str(port.number) for c in workload.template.containers for port in c.ports}
        served |= {port.name for c in workload.template.containers for port in c.ports if port.name}
        score = 2 * bool(wanted & served)
        score += 2 * (not cluster.services_of(workload.ref))
        score += sum(workload.template_labels.get(key) == value for key, value in service.selector.items())
        score += workload.name == service.name
        if score >= 3 and (best is None or score > best[0]):
            best = (score, workload)
    return best[1] if best else None
