"""A Service that sends traffic to a port where nobody listens."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.service.listening import Listener, doubtful_services, listening, show
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Service


@rule(Severity.ERROR, subject=Service, needs=(Pod,), among=doubtful_services)
def service_targets_wrong_port(service: Service, cluster: ClusterSnapshot) -> Matches:
    """The Service's targetPort is not a port that the Pods behind it listen on.

    Why it matters:
        The endpoints look healthy, and every connection to them is refused.

    Fires on:
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports:
          - {port: 80, targetPort: 9090}
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
          - {port: 9090}

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
        Set `targetPort` to the container's port.

    References:
        https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/
    """
    for port in service.ports:
        pods = [pod for pod in cluster.select(service.namespace, service.selector) if pod.expected_to_run]
        if port.protocol == "UDP" or any(_meets(port.target, listening(pod)) for pod in pods):
            continue
        heard = [ports for pod in pods if (ports := listening(pod))]
        if not heard or _unknown_name(port.target, service, cluster):
            continue
        others = [other for other in service.ports if other.number != port.number]
        served = any(_meets(other.target, ports) for other in others for ports in heard)
        if served and not _refused(service, port.number, cluster):
            continue  # containers need not declare every port, and the rest of this Service is served
        listened = ", ".join(dict.fromkeys(show(entry) for ports in heard[:3] for entry in ports))
        container = next((c for c in pods[0].containers if c.ports), None)
        yield Match(
            message=f"Service {service.name} sends port {port.number} to target port {port.target}; "
            f"its Pods listen on {listened}",
            evidence=(
                service.cite(f"{port.path}.targetPort"),
                *((pods[0].cite(f"{container.path}.ports"),) if container else ()),
            ),
            effects=(Effect(EffectKind.SERVICE_UNREACHABLE, service.ref),),
            about=str(port.number),
            facts=(("port", str(port.number)), ("target", port.target), ("listened", listened)),
        )


def _meets(target: str, ports: list[Listener]) -> bool:
    return any(target in {str(entry.number), entry.name} for entry in ports)


def _unknown_name(target: str, service: Service, cluster: ClusterSnapshot) -> bool:
    """Whether a named target may well be met by ports whose names were not recorded: endpoints have ports then."""
    addresses = cluster.addresses_of(service) or []
    return not target.isdigit() and any(address.ports for address in addresses)


def _refused(service: Service, number: int, cluster: ClusterSnapshot) -> bool:
    """Whether somebody tried that port in vain."""
    return any(
        probe.target == service.ref and probe.port == number and not probe.succeeded
        for probe in cluster.connection_probes
    )
