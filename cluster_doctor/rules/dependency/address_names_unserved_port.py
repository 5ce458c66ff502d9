"""An address with a port that its Service does not offer."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.dependency.callers import suffers
from cluster_doctor.rules.dependency.failing_calls import failing_calls
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Container, Service, Workload


def callers_in_vain(cluster: ClusterSnapshot) -> Iterator[Workload]:
    """Workloads that name a Service with a port that it does not offer."""
    return (workload for workload in cluster.workloads() if next(_unserved(workload, cluster), None))


@rule(Severity.ERROR, subject=Workload, needs=(Service,), among=callers_in_vain)
def address_names_unserved_port(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """An environment variable of the workload names a Service with a port that the Service does not offer.

    Why it matters:
        The name resolves, the port refuses: it looks like an outage of the Service, and is an error of the caller.

    Fires on:
        kind: Deployment
        metadata: {name: api}
        spec:
          replicas: 1
          selector:
            matchLabels: {app: api}
          template:
            metadata:
              labels: {app: api}
            spec:
              containers:
              - name: app
                env:
                - {name: CART_URL, value: 'cart:7071'}
        ---
        kind: Pod
        metadata:
          name: api-0
          ownerReferences:
          - {apiVersion: apps/v1, kind: Deployment, name: api, controller: true}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: false
            restartCount: 4
            state:
              waiting: {reason: CrashLoopBackOff}
        ---
        kind: Service
        metadata: {name: cart}
        spec:
          selector: {app: cart}
          ports:
          - {port: 7070}

    Stays quiet on:
        kind: Deployment
        metadata: {name: api}
        spec:
          replicas: 1
          selector:
            matchLabels: {app: api}
          template:
            metadata:
              labels: {app: api}
            spec:
              containers:
              - name: app
                env:
                - {name: CART_URL, value: 'cart:7070'}
        ---
        kind: Pod
        metadata:
          name: api-0
          ownerReferences:
          - {apiVersion: apps/v1, kind: Deployment, name: api, controller: true}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: false
            restartCount: 4
            state:
              waiting: {reason: CrashLoopBackOff}
        ---
        kind: Service
        metadata: {name: cart}
        spec:
          selector: {app: cart}
          ports:
          - {port: 7070}

    Remedy:
        Set the variable to a port that the Service offers.

    References:
        https://kubernetes.io/docs/concepts/services-networking/service/#discovering-services
    """
    for container, path, host, port, service in _unserved(workload, cluster):
        told = [call for call in failing_calls(workload.ref, cluster) if call.host.split(".")[0] == host.split(".")[0]]
        if not told and not _in_one(workload, path, port) and not suffers(workload, cluster):
            continue  # two variables may mean two things, as long as nobody misses anything
        shown = ", ".join(map(str, sorted(_offered(service))))
        yield Match(
            message=f"container {container.name} of {workload.ref} calls {host}:{port}; "
            f"Service {service.name} offers port {shown}",
            evidence=(workload.cite(path), service.cite("spec.ports"), *(call.evidence for call in told[:1])),
            effects=(Effect(EffectKind.CALLS_FAILING, workload.ref),),
            about=f"{container.name}/{host}",
            facts=(("path", path), ("host", host), ("port", str(port)), ("offered", shown)),
        )


def _in_one(workload: Workload, path: str, port: int) -> bool:
    """Tell whether host and port stand in one value."""
    return f":{port}" in str(workload.cite(path).value)


def _unserved(workload: Workload, cluster: ClusterSnapshot) -> Iterator[tuple[Container, str, str, int, Service]]:
    """Containers with the place, host and port of an address, and the Service that lacks the port."""
    for container in workload.template.containers:
        for path, host, port in container.addresses:
            ref = cluster.service_named(host, workload.namespace)
            service = cluster.get(Service, ref.namespace, ref.name) if ref else None
            if service is None or port is None or service.type == "ExternalName" or not service.ports:
                continue
            if port not in _offered(service):
                yield container, path, host, port, service


def _offered(service: Service) -> set[int]:
    offered = {entry.number for entry in service.ports}
    if service.headless:
        offered |= {int(entry.target) for entry in service.ports if entry.target.isdigit()}
    return offered
