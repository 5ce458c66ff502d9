"""What the endpoint controllers make of Services and Pods: the addresses behind each Service."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from cluster_doctor.snapshot.paths import integer, objects, text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import EndpointSlice, Pod, Service, ServicePort

Object = dict[str, JsonValue]
UNKNOWN = "203.0.113.254"
"""The address of a Pod that is ready and whose address was not recorded; RFC 5737 keeps it free."""


def endpoints_of(cluster: ClusterSnapshot, service: Service) -> Iterator[Object]:
    """The slice and the Endpoints object of a Service, of those kinds that were read; none where nobody selects Pods.

    Source: kubernetes.io, "EndpointSlices" and "Service".
    """
    if not service.selector or service.type == "ExternalName":
        return
    pods = [
        pod
        for pod in cluster.select(service.namespace, service.selector)
        if pod.expected_to_run and (pod.ip or pod.ready)
    ]
    ports = [made for port in service.ports if (made := _port(port, pods)) is not None] if pods else []
    metadata: Object = {"name": service.name, "namespace": service.namespace}
    if cluster.covers(EndpointSlice, service.namespace):
        yield {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {**metadata, "labels": {"kubernetes.io/service-name": service.name}},
            "addressType": "IPv4",
            "ports": list[JsonValue](ports),
            "endpoints": [
                {**_place(pod), "addresses": [pod.ip or UNKNOWN], "conditions": {"ready": pod.ready}} for pod in pods
            ],
        }
    subset: Object = {"ports": list[JsonValue](ports)}
    for field, is_ready in (("addresses", True), ("notReadyAddresses", False)):
        if found := [{**_place(pod), "ip": pod.ip or UNKNOWN} for pod in pods if pod.ready is is_ready]:
            subset[field] = list[JsonValue](found)
    yield {"apiVersion": "v1", "kind": "Endpoints", "metadata": metadata, "subsets": [subset] if pods else []}


def _place(pod: Pod) -> Object:
    place: Object = {"targetRef": {"kind": "Pod", "name": pod.name, "namespace": pod.namespace}}
    return {**place, "nodeName": pod.node_name} if pod.node_name else place


def _port(port: ServicePort, pods: list[Pod]) -> Object | None:
    number = int(port.target) if port.target.isdigit() else _number_of(port.target, pods)
    return {"name": port.name, "port": number, "protocol": port.protocol} if number else None


def _number_of(name: str, pods: list[Pod]) -> int:
    """The number of a named port, as the first Pod that has it says."""
    for pod in pods:
        for _, container in objects(pod.raw, "spec", "containers"):
            for _, declared in objects(container, "ports"):
                if text(declared, "name") == name:
                    return integer(declared, "containerPort")
    return 0
