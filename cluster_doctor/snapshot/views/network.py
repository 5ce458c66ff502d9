"""Services and what leads to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, NamedTuple

from pydantic import JsonValue

from cluster_doctor.snapshot.paths import dig, integer, objects, text, words
from cluster_doctor.snapshot.views.base import View


@dataclass(frozen=True, slots=True)
class ServicePort:
    """One port of a Service. `target` is a number or the name of a container port, as written."""

    number: int
    name: str
    protocol: str
    target: str
    path: str
    node_port: int = 0


@dataclass(frozen=True, slots=True)
class Backend:
    """A Service and port that a route leads to. `port` is a number or a port name, empty if any."""

    service: str
    port: str
    path: str
    namespace: str | None
    host: str = ""
    route: str = ""


class EndpointAddress(NamedTuple):  # made by the ten thousand, for which a frozen dataclass is slow
    """One address behind a Service."""

    ip: str
    ready: bool
    pod: str
    ports: tuple[tuple[str, int, str], ...]
    node: str = ""


class Service(View):
    """A Service."""

    kind: ClassVar[str] = "Service"

    @property
    def type(self) -> str:
        """`spec.type`, which defaults to `ClusterIP`."""
        return self.text("spec", "type") or "ClusterIP"

    @cached_property
    def selector(self) -> dict[str, str]:
        """`spec.selector`; empty if endpoints are made by somebody else."""
        return self.strings("spec", "selector")

    @property
    def cluster_ip(self) -> str:
        """`spec.clusterIP`; `None` for a headless Service."""
        return self.text("spec", "clusterIP")

    @property
    def headless(self) -> bool:
        """Whether the Service has no virtual address."""
        return self.cluster_ip == "None"

    @cached_property
    def ports(self) -> list[ServicePort]:
        """`spec.ports`."""
        found = []
        for position, port in self.objects("spec", "ports"):
            target = dig(port, "targetPort")
            found.append(
                ServicePort(
                    number=integer(port, "port"),
                    name=text(port, "name"),
                    protocol=text(port, "protocol") or "TCP",
                    target=str(target)
                    if isinstance(target, (str, int)) and target != ""
                    else str(integer(port, "port")),
                    path=f"spec.ports[{position}]",
                    node_port=integer(port, "nodePort"),
                )
            )
        return found


class Endpoints(View):
    """The addresses behind a Service, from an Endpoints object."""

    kind: ClassVar[str] = "Endpoints"

    @property
    def service(self) -> str:
        """Name of the Service."""
        return self.name

    @cached_property
    def addresses(self) -> list[EndpointAddress]:
        """Ready and unready addresses."""
        found = []
        for _, subset in self.objects("subsets"):
            ports = tuple(
                (text(port, "name"), integer(port, "port"), text(port, "protocol") or "TCP")
                for _, port in objects(subset, "ports")
            )
            for field, ready in (("addresses", True), ("notReadyAddresses", False)):
                found += [
                    EndpointAddress(
                        ip=text(address, "ip"),
                        ready=ready,
                        pod=text(address, "targetRef", "name"),
                        ports=ports,
                        node=text(address, "nodeName"),
                    )
                    for _, address in objects(subset, field)
                ]
        return found


class EndpointSlice(View):
    """A part of the addresses behind a Service."""

    kind: ClassVar[str] = "EndpointSlice"
    api_version: ClassVar[str] = "discovery.k8s.io/v1"

    @property
    def service(self) -> str:
        """Name of the Service, from the label that binds slices to it."""
        return self.labels.get("kubernetes.io/service-name", "")

    @cached_property
    def addresses(self) -> list[EndpointAddress]:
        """Ready and unready addresses; an unset `ready` means ready, as the API says."""
        ports = tuple(
            (text(port, "name"), integer(port, "port"), text(port, "protocol") or "TCP")
            for _, port in self.objects("ports")
        )
        return [
            EndpointAddress(
                ip=ip,
                ready=dig(endpoint, "conditions", "ready") is not False,
                pod=text(endpoint, "targetRef", "name"),
                ports=ports,
                node=text(endpoint, "nodeName"),
            )
            for _, endpoint in self.objects("endpoints")
            for ip in words(endpoint, "addresses")
        ]


class Ingress(View):
    """An Ingress."""

    kind: ClassVar[str] = "Ingress"
    api_version: ClassVar[str] = "networking.k8s.io/v1"

    @property
    def class_name(self) -> str:
        """`spec.ingressClassName`, or the annotation that came before it."""
        return self.text("spec", "ingressClassName") or self.annotations.get("kubernetes.io/ingress.class", "")

    def backends(self) -> Iterator[Backend]:
        """Every Service that the Ingress leads to."""
        default = self.mapping("spec", "defaultBackend")
        if default:
            yield from self._backend(default, "spec.defaultBackend", "", "")
        for rule_position, rule in self.objects("spec", "rules"):
            for path_position, path in objects(rule, "http", "paths"):
                where = f"spec.rules[{rule_position}].http.paths[{path_position}]"
                backend = path.get("backend")
                if isinstance(backend, dict):
                    yield from self._backend(backend, f"{where}.backend", text(rule, "host"), text(path, "path"))

    def _backend(self, raw: dict[str, JsonValue], path: str, host: str, route: str) -> Iterator[Backend]:
        name = text(raw, "service", "name") or text(raw, "serviceName")
        port = dig(raw, "service", "port", "number") or dig(raw, "service", "port", "name") or raw.get("servicePort")
        if name:
            yield Backend(
                service=name,
                port=str(port) if isinstance(port, (str, int)) else "",
                path=path,
                namespace=self.namespace,
                host=host,
                route=route,
            )

    def tls_secrets(self) -> list[tuple[str, str]]:
        """Names of TLS Secrets, and where each is named."""
        return [
            (text(entry, "secretName"), f"spec.tls[{position}].secretName")
            for position, entry in self.objects("spec", "tls")
            if text(entry, "secretName")
        ]


class IngressClass(View):
    """An IngressClass."""

    kind: ClassVar[str] = "IngressClass"
    api_version: ClassVar[str] = "networking.k8s.io/v1"

    @property
    def default(self) -> bool:
        """Whether Ingresses without a class get this one."""
        return self.annotations.get("ingressclass.kubernetes.io/is-default-class") == "true"


class NetworkPolicy(View):
    """A NetworkPolicy."""

    kind: ClassVar[str] = "NetworkPolicy"
    api_version: ClassVar[str] = "networking.k8s.io/v1"

    @property
    def pod_selector(self) -> dict[str, JsonValue]:
        """`spec.podSelector`; empty selects every Pod of the namespace."""
        return self.mapping("spec", "podSelector")

    @property
    def directions(self) -> list[str]:
        """`spec.policyTypes`, with the API's default: Ingress, and Egress where egress rules are given."""
        declared = self.words("spec", "policyTypes")
        return declared or (["Ingress", "Egress"] if self.objects("spec", "egress") else ["Ingress"])
