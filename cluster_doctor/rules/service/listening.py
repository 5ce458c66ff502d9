"""What a Pod's containers are known to listen on.

Declared ports are information only in Kubernetes, yet they are what people write when they mean it. A probe
that passes shows more: somebody answers there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Service


@dataclass(frozen=True, slots=True)
class Listener:
    """One port that somebody listens on."""

    number: int
    name: str
    protocol: str


def listening(pod: Pod) -> list[Listener]:
    """List declared container ports, and ports that a probe of a ready container reaches."""
    found = [
        Listener(port.number, port.name, port.protocol) for container in pod.containers for port in container.ports
    ]
    if not found:
        return []
    known = {entry.number for entry in found}
    for container in pod.containers:
        probe = container.probes.get("readiness")
        number = container.port_number(probe.port) if probe and container.ready else None
        if number and number not in known:
            found.append(Listener(number, "", "TCP"))
    return found


def doubtful_services(cluster: ClusterSnapshot) -> Iterator[Service]:
    """Services but those whose Pods are all of one owner and declare every target port with its protocol."""
    return (service for service in cluster.all(Service) if not _plainly_served(service, cluster))


def _plainly_served(service: Service, cluster: ClusterSnapshot) -> bool:
    pods = cluster.select(service.namespace, service.selector)
    if not pods or any(pod.controller != pods[0].controller for pod in pods):
        return False
    declared = {
        (name, port.protocol)
        for container in pods[0].containers
        for port in container.ports
        for name in (str(port.number), port.name)
    }
    return all((port.target, port.protocol) in declared for port in service.ports)


def show(listener: Listener) -> str:
    """Write a listener: `8080`, `http (8080)`, `53/UDP`."""
    number = f"{listener.number}/UDP" if listener.protocol == "UDP" else str(listener.number)
    return f"{listener.name} ({number})" if listener.name else number
