"""Calls that somebody makes, and what they suffer when a policy stands in the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.dependency.callers import suffers
from cluster_doctor.rules.dependency.failing_calls import FailingCall, failing_calls
from cluster_doctor.rules.network.peers import PodPeer
from cluster_doctor.rules.network.reachability import Access, Passage, may_reach
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Service, ServicePort, Workload

CUT_OFF = frozenset({Trouble.TIMEOUT, Trouble.BROKEN, Trouble.REFUSED})
"""What a dropped or rejected connection looks like to the one who opens it."""

_MOST_PODS = 5
"""Pods of one workload that are judged; they come from one template, so that policies treat them alike."""


def calls_to(workload: Workload, service: Service, cluster: ClusterSnapshot) -> list[FailingCall]:
    """List the failing calls of a workload's logs that name a Service, its address or one of its Pods."""
    return [call for call, called in cut_off_calls(workload, cluster) if service.ref in called]


def cut_off_calls(workload: Workload, cluster: ClusterSnapshot) -> tuple[tuple[FailingCall, frozenset[ObjectRef]], ...]:
    """List the calls of a workload's logs that were cut off, with the Services that their hosts may stand for."""

    def read() -> tuple[tuple[FailingCall, frozenset[ObjectRef]], ...]:
        told = [call for call in failing_calls(workload.ref, cluster) if call.trouble in CUT_OFF and call.host]
        return tuple((call, _services_at(call.host, workload.namespace, cluster)) for call in told)

    return cluster.remember(("calls cut off", workload.ref), read)


def _services_at(host: str, namespace: str | None, cluster: ClusterSnapshot) -> frozenset[ObjectRef]:
    named = cluster.service_named(host, namespace)
    at = cluster.remember("services by address", lambda: _by_address(cluster)).get(host, set())
    return frozenset(at | {named} if named else at)


def _by_address(cluster: ClusterSnapshot) -> dict[str, set[ObjectRef]]:
    found: dict[str, set[ObjectRef]] = defaultdict(set)
    for service in cluster.all(Service):
        for address in {service.cluster_ip, *(entry.ip for entry in cluster.addresses_of(service) or ())}:
            if address not in {"", "None"}:
                found[address].add(service.ref)
    return found


def suffering(workload: Workload, told: list[FailingCall], cluster: ClusterSnapshot) -> bool:
    """Tell whether a caller fares badly in a way that a blocked call explains."""
    nameless = any(call.trouble in CUT_OFF and not call.host for call in failing_calls(workload.ref, cluster))
    return bool(told) or nameless or suffers(workload, cluster) or bool(cluster.alerts_on(workload.ref))


def ports_called(
    workload: Workload, service: Service, told: list[FailingCall], cluster: ClusterSnapshot
) -> list[ServicePort]:
    """List the Service's ports that a workload calls; all of them where nothing tells which."""
    numbers = {call.port for call in told} | {
        port
        for container in workload.template.containers
        for _, host, port in container.addresses
        if cluster.service_named(host, workload.namespace) == service.ref
    }
    return [port for port in service.ports if port.number in numbers] or service.ports


def denial(
    workload: Workload, service: Service, ports: list[ServicePort], cluster: ClusterSnapshot
) -> tuple[ServicePort, Passage] | None:
    """Find the policies that keep every Pod of a workload from every ready Pod of a Service, on each port."""
    sources = [pod for pod in cluster.pods_of(workload.ref) if pod.expected_to_run and pod.node_name][:_MOST_PODS]
    targets = [pod for pod in cluster.select(service.namespace, service.selector) if pod.ready][:_MOST_PODS]
    found = None
    for port in ports:
        for source, target in _pairs(sources, targets):
            number = int(port.target) if port.target.isdigit() else port.target
            passage = may_reach(PodPeer(source), PodPeer(target), number, cluster, protocol=port.protocol)
            if passage.access is not Access.DENIED:
                return None
            found = found or (port, passage)
    return found


def _pairs(sources: list[Pod], targets: list[Pod]) -> Iterator[tuple[Pod, Pod]]:
    return ((source, target) for source in sources for target in targets)


def cite_denial(passage: Passage) -> tuple[Evidence, ...]:
    """Cite the policies that deny: whom they select and whom they admit."""
    field = passage.direction.value.lower() if passage.direction else "ingress"
    return tuple(policy.cite(path) for policy in passage.policies[:2] for path in ("spec.podSelector", f"spec.{field}"))
