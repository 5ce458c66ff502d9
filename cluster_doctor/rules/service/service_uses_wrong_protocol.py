"""A Service with another protocol than its Pods."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.service.listening import doubtful_services
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Service


@rule(Severity.ERROR, subject=Service, needs=(Pod,), among=doubtful_services)
def service_uses_wrong_protocol(service: Service, cluster: ClusterSnapshot) -> Matches:
    """The Service's port uses a protocol that the container's port does not.

    Why it matters:
        A UDP port of a Service carries no TCP connection, and the reverse, though all endpoints look right.

    Fires on:
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports:
          - {port: 80, targetPort: 8080, protocol: UDP}
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
        Set the port's `protocol` to that of the container's port.

    References:
        https://kubernetes.io/docs/reference/networking/service-protocols/
    """
    for port in service.ports:
        for pod in cluster.select(service.namespace, service.selector)[:3]:
            if not pod.expected_to_run:
                continue
            declared = [entry for container in pod.containers for entry in container.ports]
            same = [entry for entry in declared if port.target in {str(entry.number), entry.name}]
            if not same or any(entry.protocol == port.protocol for entry in same):
                continue
            both = {other.protocol for other in service.ports if other.target == port.target}
            if same[0].protocol in both:
                continue  # the other protocol is served by a port of its own
            yield Match(
                message=f"Service {service.name} offers port {port.number} as {port.protocol}; "
                f"its Pods listen with {same[0].protocol}",
                evidence=(service.cite(f"{port.path}.protocol"), pod.cite(same[0].path)),
                effects=(Effect(EffectKind.SERVICE_UNREACHABLE, service.ref),),
                about=str(port.number),
                facts=(("port", str(port.number)), ("protocol", port.protocol), ("wanted", same[0].protocol)),
            )
            break
