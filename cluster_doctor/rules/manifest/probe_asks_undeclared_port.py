"""A probe of a port that its container does not declare."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload


@rule(Severity.ERROR, subject=Workload)
def probe_asks_undeclared_port(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """A probe asks a port that no container of the Pod template declares, although its own declares others.

    Why it matters:
        A name that is not declared can never be asked, and behind such a number most likely nobody answers: the Pod
        never gets ready, or is restarted for ever.

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
                readinessProbe:
                  httpGet: {path: /ready, port: 9090}

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
                readinessProbe:
                  httpGet: {path: /ready, port: http}

    Remedy:
        Ask a port that the container declares, or declare the one that is asked.

    References:
        https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
    """
    if not cluster.is_unapplied:
        return
    numbers = {str(port.number) for container in workload.template.main_containers for port in container.ports}
    for container in workload.template.main_containers:
        for probe in container.probes.values():
            names = {port.name for port in container.ports if port.name}
            if not probe.port or probe.host or probe.port in names:
                continue
            if probe.port.isdigit() and (not container.ports or probe.port in numbers):
                continue
            declared = ", ".join(
                f"{port.name} ({port.number})" if port.name else str(port.number) for port in container.ports
            )
            yield Match(
                message=f"the {probe.name} probe of container {container.name} of {workload.ref} asks port "
                f"{probe.port}; the container declares {declared or 'none'}",
                evidence=(workload.cite(probe.port_path), workload.cite(f"{container.path}.ports")),
                effects=(Effect(EffectKind.WORKLOAD_UNAVAILABLE, workload.ref),),
                about=f"{container.name}/{probe.name}",
                facts=(("container", container.name), ("port", probe.port), ("declared", declared)),
            )
