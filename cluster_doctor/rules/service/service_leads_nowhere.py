"""A Service that nobody stands behind and nobody is known to call."""

from __future__ import annotations

from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.selectors import show_labels
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import DaemonSet, Deployment, Pod, Service, StatefulSet


@rule(Severity.INFO, subject=Service, needs=(Pod, Deployment, StatefulSet, DaemonSet))
def service_leads_nowhere(service: Service, cluster: ClusterSnapshot) -> Matches:
    """The Service selects neither a Pod nor a workload that could have one.

    Why it matters:
        Whoever calls it is refused. It is a leftover, or its selector has never fitted.

    Fires on:
        kind: Service
        metadata: {name: web, creationTimestamp: '2025-12-01T00:00:00Z'}
        spec:
          selector: {app: web}
          ports:
          - {port: 80}

    Stays quiet on:
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports:
          - {port: 80}
        ---
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 0
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}

    Remedy:
        Correct `spec.selector`, or delete the Service if nobody needs it any more.

    References:
        https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#does-the-service-have-any-endpointslices
    """
    if cluster.is_unapplied or not service.selector or service.type == "ExternalName" or service.deleted_at:
        return
    if any(address.ready for address in cluster.addresses_of(service) or ()) or cluster.workloads_behind(service):
        return
    yield Match(
        message=f"Service {service.name} selects {show_labels(service.selector)}, which neither a Pod nor a workload "
        f"in namespace {service.namespace} bears",
        evidence=(service.cite("spec.selector"),),
    )
