"""Who counts on a workload."""

from __future__ import annotations

from cluster_doctor.rules.admission.webhooks import calling
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload


def missed_by(workload: Workload, cluster: ClusterSnapshot) -> str:
    """Name somebody who calls a workload or leads traffic to it from outside; empty if nobody is known to."""
    services = cluster.services_of(workload.ref)
    callers = set(cluster.callers_of(workload.ref))
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
        webhook = next(calling(service.ref, cluster), None)
        if webhook:
            return str(webhook.ref)
        if any(probe.target == service.ref and not probe.succeeded for probe in cluster.connection_probes):
            return "whoever connects to it"
    return ""
