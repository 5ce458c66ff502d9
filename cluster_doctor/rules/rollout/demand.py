"""Who counts on a workload."""

from __future__ import annotations

from cluster_doctor.rules.admission.webhooks import insisting_on
from cluster_doctor.snapshot.records import Anomaly
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import APIService, Service, Workload


def missed_by(workload: Workload, cluster: ClusterSnapshot) -> str:
    """Name somebody who calls a workload, leads traffic to it or saw it fail; empty if nobody is known to.

    Whoever reaches another workload through the same Service, as with a canary and its stable track, misses nothing.
    """
    behind = cluster.services_of(workload.ref)
    services = [service for service in behind if not _served_by_another(service, workload, cluster)]
    callers = set(cluster.callers_of(workload.ref))
    for service in behind:
        callers -= cluster.callers_of(service.ref)
    for service in services:
        callers |= cluster.callers_of(service.ref)
    running = sorted(
        caller
        for caller in callers - {workload.ref}
        if not isinstance(view := cluster.find(caller), Workload) or view.wanted > 0
    )
    if running:
        return str(running[0])
    for service in services:
        routes = cluster.ingresses_to(service.ref)
        if routes:
            return str(routes[0].ref)
        webhook = next(insisting_on(service.ref, cluster), None)
        if webhook:
            return str(webhook.ref)
        api = next((api for api in cluster.all(APIService) if _is_served_by(api, service)), None)
        if api:
            return str(api.ref)
        if any(probe.target == service.ref and not probe.succeeded for probe in cluster.connection_probes):
            return "whoever connects to it"
    if any(alert.anomaly is Anomaly.ERRORS for alert in cluster.alerts_on(workload.ref)):
        return "whoever sent the requests that failed"
    return ""


def _is_served_by(api: APIService, service: Service) -> bool:
    named = api.text("spec", "service", "namespace"), api.text("spec", "service", "name")
    return named == (service.namespace, service.name)


def _served_by_another(service: Service, workload: Workload, cluster: ClusterSnapshot) -> bool:
    others = (cluster.find(ref) for ref in cluster.workloads_behind(service) if ref != workload.ref)
    return any(isinstance(other, Workload) and other.wanted > 0 and _offers(other, service) for other in others)


def _offers(workload: Workload, service: Service) -> bool:
    """Tell whether the template declares a port that the Service leads to; one that declares none may have it."""
    declared = [port for container in workload.template.containers for port in container.ports]
    named = {str(port.number) for port in declared} | {port.name for port in declared}
    return not declared or any(port.target in named for port in service.ports)
