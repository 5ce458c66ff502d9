"""A Service to a port that no Pod template declares."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Port, Service, Workload


@rule(Severity.ERROR, subject=Service)
def service_targets_undeclared_port(service: Service, cluster: ClusterSnapshot) -> Matches:
    """The Service's targetPort is none of the ports that the Pod templates behind it declare.

    Why it matters:
        A name that no container declares leads nowhere, and a number that none declares is most likely not listened on.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: app
                image: nginx
                ports:
                - {name: http, containerPort: 8080}
        ---
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports:
          - {port: 80, targetPort: web-http}

    Stays quiet on:
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: app
                image: nginx
                ports:
                - {name: http, containerPort: 8080}
        ---
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports:
          - {port: 80, targetPort: http}

    Remedy:
        Set `targetPort` to a port of the containers, or declare the port there.

    References:
        https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports
    """
    if not cluster.is_unapplied:
        return
    behind = [view for ref in cluster.workloads_behind(service) if isinstance(view := cluster.find(ref), Workload)]
    declared = [
        port for workload in behind for container in workload.template.main_containers for port in container.ports
    ]
    for port in service.ports:
        named = not port.target.isdigit()
        if not behind or _met(port.target, declared) or (not named and (not declared or port.protocol == "UDP")):
            continue
        if not named and any(_met(other.target, declared) for other in service.ports if other is not port):
            continue  # containers need not declare every port, and the rest of this Service is served
        shown = (
            ", ".join(
                dict.fromkeys(
                    f"{entry.name} ({entry.number})" if entry.name else str(entry.number) for entry in declared
                )
            )
            or "none"
        )
        yield Match(
            message=f"Service {service.name} sends port {port.number} to target port {port.target}; "
            f"{behind[0].ref} declares {shown}",
            evidence=(
                service.cite(f"{port.path}.targetPort"),
                *(behind[0].cite(f"{container.path}.ports") for container in behind[0].template.main_containers[:1]),
            ),
            effects=(Effect(EffectKind.SERVICE_UNREACHABLE, service.ref),),
            about=str(port.number),
            facts=(("port", str(port.number)), ("target", port.target), ("declared", shown)),
        )


def _met(target: str, declared: list[Port]) -> bool:
    return any(target in {str(port.number), port.name} for port in declared)
