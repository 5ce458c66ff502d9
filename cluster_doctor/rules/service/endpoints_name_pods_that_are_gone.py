"""Endpoints that nobody keeps up to date."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Service


@rule(Severity.ERROR, subject=Service, needs=(Pod,))
def endpoints_name_pods_that_are_gone(service: Service, cluster: ClusterSnapshot) -> Matches:
    """All endpoints of the Service are Pods that no longer exist, while others are ready.

    Why it matters:
        Endpoints follow the Pods within seconds; where they do not, the controller that writes them stands still
        or somebody else wrote them, and every connection goes to an address that nobody has.

    Fires on:
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{port: 80}]}
        ---
        kind: Endpoints
        metadata: {name: web}
        subsets: [{addresses: [{ip: 10.0.0.4, targetRef: {kind: Pod, name: web-old}}], ports: [{port: 80}]}]
        ---
        kind: Pod
        metadata: {name: web-new, labels: {app: web}}
        spec: {nodeName: n1, containers: [{name: app}]}
        status: {phase: Running, podIP: 10.0.0.9, conditions: [{type: Ready, status: 'True'}]}

    Stays quiet on:
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{port: 80}]}
        ---
        kind: Endpoints
        metadata: {name: web}
        subsets:
        - addresses:
          - {ip: 10.0.0.4, targetRef: {kind: Pod, name: web-old}}
          - {ip: 10.0.0.9, targetRef: {kind: Pod, name: web-new}}
          ports: [{port: 80}]
        ---
        kind: Pod
        metadata: {name: web-new, labels: {app: web}}
        spec: {nodeName: n1, containers: [{name: app}]}
        status: {phase: Running, podIP: 10.0.0.9, conditions: [{type: Ready, status: 'True'}]}

    Remedy:
        Look at the controller manager; endpoints that were written by hand must be removed.

    References:
        https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
    """
    named = [address for address in cluster.addresses_of(service) or [] if address.ready and address.pod]
    if not named or any(cluster.exists(Pod, service.namespace, address.pod) is not False for address in named):
        return
    ready = [pod for pod in cluster.select(service.namespace, service.selector) if pod.ready and pod.ip]
    if not ready:
        return
    gone = ", ".join(sorted({address.pod for address in named})[:3])
    yield Match(
        message=f"the endpoints of Service {service.name} are Pods that are gone ({gone}), and not {ready[0].name}, "
        "which is ready",
        evidence=(cluster.cite_absence(Pod.ref_to(service.namespace, named[0].pod)), ready[0].cite("status.podIP")),
        effects=(Effect(EffectKind.SERVICE_UNREACHABLE, service.ref),),
        facts=(("gone", gone),),
    )
