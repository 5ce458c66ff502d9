"""A Service that leads nowhere."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity, Stage
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Job, Pod, Service, Workload


@rule(Severity.WARNING, subject=Service, needs=(Pod,), stage=Stage.SYMPTOM)
def service_has_no_ready_endpoints(service: Service, cluster: ClusterSnapshot) -> Matches:
    """The Service has no ready endpoint.

    Why it matters:
        Connections to it are refused or time out.

    Fires on:
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports:
          - {port: 80, targetPort: 8080}
        ---
        kind: Endpoints
        metadata: {name: web}
        subsets:
        - notReadyAddresses:
          - {ip: 10.0.0.7}
          ports:
          - {port: 8080}

    Stays quiet on:
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports:
          - {port: 80, targetPort: 8080}
        ---
        kind: Pod
        metadata:
          name: web-0
          labels: {app: web}
        spec:
          nodeName: n1
          containers:
          - name: app
            ports:
            - {containerPort: 8080}
        status:
          phase: Running
          conditions:
          - {type: Ready, status: 'True'}
        ---
        kind: Endpoints
        metadata: {name: web}
        subsets:
        - addresses:
          - ip: 10.0.0.7
            targetRef: {kind: Pod, name: web-0}
          ports:
          - {port: 8080}

    Remedy:
        Make a Pod behind it ready, or correct its selector.

    References:
        https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/
    """
    if not service.selector or service.type == "ExternalName" or service.flag("spec", "publishNotReadyAddresses"):
        return  # the last serves those that have to find each other before they are ready
    addresses = cluster.addresses_of(service)
    if addresses is None or any(address.ready for address in addresses):
        return
    behind = [view for ref in cluster.workloads_behind(service) if isinstance(view := cluster.find(ref), Workload)]
    if not addresses and all(_idle(workload) for workload in behind) and not _missed(service, cluster):
        return  # an orphan, or scaled to zero: nobody is known to call it
    unready = len(addresses)
    yield Match(
        message=f"Service {service.name} has no ready endpoint" + (f" ({unready} not ready)" if unready else ""),
        evidence=(service.cite("spec.selector"),),
        effects=(Effect(EffectKind.SERVICE_UNREACHABLE, service.ref),),
    )


def _idle(workload: Workload) -> bool:
    return workload.wanted == 0 or (isinstance(workload, Job) and workload.complete)


def _missed(service: Service, cluster: ClusterSnapshot) -> bool:
    """Whether somebody calls the Service, leads to it from outside, or tried to connect."""
    if cluster.callers_of(service.ref) or cluster.ingresses_to(service.ref):
        return True
    return any(probe.target == service.ref for probe in cluster.connection_probes)
