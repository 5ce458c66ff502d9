"""Containers: what was asked for and how they fare."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from pydantic import JsonValue

from cluster_doctor.snapshot.paths import dig, flag, integer, mapping, objects, text, words
from cluster_doctor.snapshot.quantity import parse_quantity
from cluster_doctor.snapshot.times import parse_time

_ADDRESS = re.compile(r"(?:^|[/@,;\s=])([a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)(?::(\d{1,5}))?(?=$|[/,;\s?])")

_HOST_NAME = re.compile(r"(\w*[A-Z0-9]_?)(?:HOST|HOSTNAME|SERVER|ADDR|ADDRESS)")
"""Names of variables that hold a host of somebody; `HOST` alone is the process's own."""


class ContainerRole(StrEnum):
    """Which list of the Pod a container stands in; a sidecar is an init container that keeps running."""

    INIT = "init"
    SIDECAR = "sidecar"
    MAIN = "main"


@dataclass(frozen=True, slots=True)
class Reference:
    """A ConfigMap, Secret, claim or ServiceAccount that a Pod names.

    `key` is the key that must exist in it, None if any will do; `path` is where the Pod names it; `use`
    tells how: `env`, `envFrom`, `volume`, `projected`, `imagePullSecrets`, `serviceAccountName`.
    """

    kind: str
    name: str
    key: str | None
    optional: bool
    path: str
    use: str
    container: str = ""


@dataclass(frozen=True, slots=True)
class Port:
    """One `containerPort`."""

    number: int
    name: str
    protocol: str
    path: str


@dataclass(frozen=True, slots=True)
class Probe:
    """A liveness, readiness or startup probe. `port` is a number, or the name of a container port."""

    name: str
    action: str
    port: str
    target: str
    initial_delay: int
    period: int
    timeout: int
    failure_threshold: int
    success_threshold: int
    path: str
    scheme: str = ""
    host: str = ""

    @property
    def port_path(self) -> str:
        """Where the port is set."""
        return f"{self.path}.{self.action}.port"


class Container:
    """One container: what was asked for and, on a Pod, how it fares."""

    def __init__(
        self, raw: dict[str, JsonValue], path: str, role: ContainerRole, status: dict[str, JsonValue], status_path: str
    ) -> None:
        """Join a container's specification with its status."""
        self.raw, self.path, self.role, self.status, self.status_path = raw, path, role, status, status_path

    @property
    def name(self) -> str:
        """Name within the Pod."""
        return text(self.raw, "name")

    @property
    def image(self) -> str:
        """Image as asked for."""
        return text(self.raw, "image")

    @property
    def command(self) -> list[str]:
        """`command` followed by `args`."""
        return words(self.raw, "command") + words(self.raw, "args")

    @cached_property
    def ports(self) -> list[Port]:
        """Declared container ports."""
        return [
            Port(
                number=integer(port, "containerPort"),
                name=text(port, "name"),
                protocol=text(port, "protocol") or "TCP",
                path=f"{self.path}.ports[{position}]",
            )
            for position, port in objects(self.raw, "ports")
        ]

    @cached_property
    def env(self) -> dict[str, str]:
        """Environment variables with a literal value."""
        return {
            text(entry, "name"): text(entry, "value")
            for _, entry in objects(self.raw, "env")
            if isinstance(entry.get("value"), str)
        }

    @cached_property
    def _env_positions(self) -> dict[str, int]:
        return {text(entry, "name"): position for position, entry in objects(self.raw, "env")}

    def env_path(self, name: str) -> str:
        """Where an environment variable is set; the last one counts, as in the kubelet."""
        position = self._env_positions.get(name)
        return f"{self.path}.env" if position is None else f"{self.path}.env[{position}]"

    @cached_property
    def addresses(self) -> tuple[tuple[str, str, int | None], ...]:
        """Hosts that the literal environment and the arguments name: where, host, port if given.

        The port of a host that stands alone is that of the variable beside it: `DB_HOST` and `DB_PORT`.
        """
        found: list[tuple[str, str, int | None]] = []
        for name, value in self.env.items():
            for host, given in _ADDRESS.findall(value.strip()):
                port = given or (self._port_beside(name) if host == value.strip() else "")
                found.append((f"{self.env_path(name)}.value", host, int(port) if port else None))
        for argument in self.command:
            for host, port in _ADDRESS.findall(argument.strip()):
                if port:
                    found.append((f"{self.path}.args", host, int(port)))
        return tuple(found)

    def _port_beside(self, name: str) -> str:
        named = _HOST_NAME.fullmatch(name)
        beside = self.env.get(f"{named[1]}PORT", "").strip() if named else ""
        return beside if beside.isdigit() and len(beside) <= 5 else ""

    def request(self, resource: str) -> Decimal | None:
        """What is requested of a resource; a limit without a request counts as one."""
        found = parse_quantity(dig(self.raw, "resources", "requests", resource))
        return found if found is not None else self.limit(resource)

    def limit(self, resource: str) -> Decimal | None:
        """What the container may use of a resource."""
        return parse_quantity(dig(self.raw, "resources", "limits", resource))

    @cached_property
    def probes(self) -> dict[str, Probe]:
        """Probes by name: `liveness`, `readiness`, `startup`. Defaults are those of core/v1."""
        found = {}
        for name in ("liveness", "readiness", "startup"):
            raw = mapping(self.raw, f"{name}Probe")
            action = next((kind for kind in ("httpGet", "tcpSocket", "grpc", "exec") if kind in raw), "")
            if not action:
                continue
            port = dig(raw, action, "port")
            found[name] = Probe(
                name=name,
                action=action,
                port=str(port) if isinstance(port, (str, int)) else "",
                target=" ".join(words(raw, "exec", "command")) if action == "exec" else text(raw, action, "path"),
                scheme=text(raw, action, "scheme"),
                host=text(raw, action, "host"),
                initial_delay=integer(raw, "initialDelaySeconds"),
                period=integer(raw, "periodSeconds", default=10),
                timeout=integer(raw, "timeoutSeconds", default=1),
                failure_threshold=integer(raw, "failureThreshold", default=3),
                success_threshold=integer(raw, "successThreshold", default=1),
                path=f"{self.path}.{name}Probe",
            )
        return found

    def port_number(self, port: str) -> int | None:
        """Resolve a port given as number or as name of a container port; None for a name nobody declares."""
        if port.isdigit():
            return int(port)
        return next((declared.number for declared in self.ports if declared.name == port), None)

    @property
    def ready(self) -> bool:
        """Whether the kubelet reports the container ready."""
        return flag(self.status, "ready")

    @property
    def restarts(self) -> int:
        """How often the kubelet restarted it."""
        return integer(self.status, "restartCount")

    @property
    def waiting(self) -> str:
        """Reason for which it waits: `CrashLoopBackOff`, `ImagePullBackOff`, `ContainerCreating`, …"""
        return text(self.status, "state", "waiting", "reason")

    @property
    def waiting_message(self) -> str:
        """What the kubelet says about the wait."""
        return text(self.status, "state", "waiting", "message")

    @property
    def running_since(self) -> datetime | None:
        """When the running instance started; None if it does not run."""
        return parse_time(dig(self.status, "state", "running", "startedAt"))

    @property
    def running(self) -> bool:
        """Whether it runs now."""
        return isinstance(dig(self.status, "state", "running"), dict)

    @property
    def terminated(self) -> dict[str, JsonValue]:
        """`state.terminated` of the current instance, empty if it has not ended."""
        return mapping(self.status, "state", "terminated")

    @property
    def last_terminated(self) -> dict[str, JsonValue]:
        """`lastState.terminated`: how the instance before the current one ended."""
        return mapping(self.status, "lastState", "terminated")

    @property
    def ended(self) -> tuple[dict[str, JsonValue], str]:
        """How the latest instance that ended did so, and where that is written."""
        if self.terminated:
            return self.terminated, f"{self.status_path}.state.terminated"
        return self.last_terminated, f"{self.status_path}.lastState.terminated"

    def references(self) -> Iterator[Reference]:
        """Everything that this container's environment names."""
        for position, entry in objects(self.raw, "env"):
            for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                source = mapping(entry, "valueFrom", field)
                if source:
                    yield Reference(
                        kind=kind,
                        name=text(source, "name"),
                        key=text(source, "key"),
                        optional=flag(source, "optional"),
                        path=f"{self.path}.env[{position}].valueFrom.{field}",
                        use="env",
                        container=self.name,
                    )
        for position, entry in objects(self.raw, "envFrom"):
            for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                source = mapping(entry, field)
                if source:
                    yield Reference(
                        kind=kind,
                        name=text(source, "name"),
                        key=None,
                        optional=flag(source, "optional"),
                        path=f"{self.path}.envFrom[{position}].{field}",
                        use="envFrom",
                        container=self.name,
                    )
