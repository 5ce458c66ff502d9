"""A LoadBalancer Service without an address."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Service

PATIENCE = timedelta(minutes=5)
"""How long a cloud takes to make a load balancer."""


@rule(Severity.ERROR, subject=Service)
def load_balancer_is_pending(service: Service, cluster: ClusterSnapshot) -> Matches:
    """The Service of type LoadBalancer has had no external address for minutes.

    Why it matters:
        Nobody outside can reach it: no controller provides load balancers, or it fails.

    Fires on:
        kind: Service
        metadata: {name: web, creationTimestamp: '2026-01-01T11:00:00Z'}
        spec:
          type: LoadBalancer
          ports:
          - {port: 80}
        status:
          loadBalancer: {}

    Stays quiet on:
        kind: Service
        metadata: {name: web, creationTimestamp: '2026-01-01T11:00:00Z'}
        spec:
          type: LoadBalancer
          ports:
          - {port: 80}
        status:
          loadBalancer:
            ingress:
            - {ip: 203.0.113.7}

    Remedy:
        Install or repair the load balancer controller; read the Service's Events.

    References:
        https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer
    """
    if (
        service.type != "LoadBalancer"
        or service.objects("status", "loadBalancer", "ingress")
        or not service.mapping("status")
    ):
        return
    if (
        service.created_at is None
        or cluster.taken_at - service.created_at < PATIENCE
        or service.words("spec", "externalIPs")
    ):
        return
    said = [e for e in cluster.events_about(service.ref) if e.type == "Warning"][:1]
    yield Match(
        message=f"Service {service.name} has had no external address for "
        f"{int((cluster.taken_at - service.created_at).total_seconds() // 60)} minutes"
        + (f": {said[0].message}" if said else ""),
        evidence=(service.cite("status.loadBalancer"), *(e.cite_message() for e in said)),
        directness=Directness.STATED if said else None,
        since=service.created_at,
    )
