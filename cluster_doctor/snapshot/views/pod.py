"""Pods, and the Pod templates of workloads."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import ClassVar

from pydantic import JsonValue

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.snapshot.paths import dig, flag, join, mapping, objects, strings, text
from cluster_doctor.snapshot.quantity import parse_quantity
from cluster_doctor.snapshot.views.base import View
from cluster_doctor.snapshot.views.container import Container, ContainerRole, Reference

_CONTAINER_LISTS = (("initContainers", "initContainerStatuses"), ("containers", "containerStatuses"))
"""Where a Pod declares its containers, and where its kubelet reports them."""


class PodSpec:
    """A Pod's `spec`, or that of a workload's Pod template."""

    def __init__(self, raw: dict[str, JsonValue], path: str, status: dict[str, JsonValue] | None = None) -> None:
        """Look at a Pod specification that stands at `path` of its object."""
        self.raw, self.path, self._status = raw, path, status or {}

    def _at(self, *parts: str | int) -> str:
        tail = join(*parts)
        return f"{self.path}.{tail}" if self.path else tail

    @cached_property
    def containers(self) -> list[Container]:
        """All containers: init, sidecar, main. A Pod recorded without its specification has those of its status."""
        found = []
        recorded = any(self.raw.get(field) for field, _ in _CONTAINER_LISTS)
        for field, status_field in _CONTAINER_LISTS:
            statuses = {
                text(status, "name"): (status, f"status.{status_field}[{position}]")
                for position, status in objects(self._status, status_field)
            }
            declared = objects(self.raw, field) if recorded else objects(self._status, status_field)
            for position, raw in declared:
                status, path = statuses.get(text(raw, "name"), ({}, f"status.{status_field}"))
                role = ContainerRole.MAIN
                if field == "initContainers":
                    always = text(raw, "restartPolicy") == "Always"
                    role = ContainerRole.SIDECAR if always else ContainerRole.INIT
                found.append(Container(raw, self._at(field, position), role, status, path))
        return found

    @property
    def main_containers(self) -> list[Container]:
        """The containers that serve: main ones and sidecars."""
        return [container for container in self.containers if container.role is not ContainerRole.INIT]

    def container(self, name: str) -> Container | None:
        """Find a container by name."""
        return next((container for container in self.containers if container.name == name), None)

    @property
    def node_name(self) -> str:
        """Node that the Pod was bound to, empty if none."""
        return text(self.raw, "nodeName")

    @property
    def node_selector(self) -> dict[str, str]:
        """`nodeSelector`."""
        return strings(self.raw, "nodeSelector")

    @property
    def service_account(self) -> str:
        """`serviceAccountName`, which defaults to `default`."""
        return text(self.raw, "serviceAccountName") or text(self.raw, "serviceAccount") or "default"

    @property
    def tolerations(self) -> list[dict[str, JsonValue]]:
        """`tolerations`."""
        return [entry for _, entry in objects(self.raw, "tolerations")]

    @property
    def affinity(self) -> dict[str, JsonValue]:
        """`affinity`."""
        return mapping(self.raw, "affinity")

    @property
    def dns_policy(self) -> str:
        """`dnsPolicy`, which defaults to `ClusterFirst`."""
        return text(self.raw, "dnsPolicy") or "ClusterFirst"

    @property
    def host_network(self) -> bool:
        """Whether the Pod shares its node's network."""
        return flag(self.raw, "hostNetwork")

    @property
    def restart_policy(self) -> str:
        """`restartPolicy`, which defaults to `Always`."""
        return text(self.raw, "restartPolicy") or "Always"

    def request(self, resource: str) -> Decimal:
        """What the whole Pod requests of a resource, as the scheduler counts it.

        Main containers and sidecars add up; an init container counts by its maximum; overhead is added.
        Source: kubernetes.io, "Resource Management for Pods and Containers" and "Sidecar Containers".
        """
        running = sum((c.request(resource) or Decimal(0) for c in self.main_containers), Decimal(0))
        starting = max(
            (c.request(resource) or Decimal(0) for c in self.containers if c.role is ContainerRole.INIT),
            default=Decimal(0),
        )
        return max(running, starting) + (parse_quantity(dig(self.raw, "overhead", resource)) or Decimal(0))

    def volumes(self) -> list[tuple[int, dict[str, JsonValue]]]:
        """`volumes`, with positions."""
        return objects(self.raw, "volumes")

    def claims(self) -> list[tuple[str, str]]:
        """Names of PersistentVolumeClaims, and where each is named."""
        return [
            (
                text(volume, "persistentVolumeClaim", "claimName"),
                self._at("volumes", position, "persistentVolumeClaim", "claimName"),
            )
            for position, volume in self.volumes()
            if text(volume, "persistentVolumeClaim", "claimName")
        ]

    def references(self) -> Iterator[Reference]:
        """Every ConfigMap, Secret and ServiceAccount that the Pod names."""
        for container in self.containers:
            yield from container.references()
        for position, volume in self.volumes():
            yield from self._volume_references(position, volume)
        yield from self.pull_secrets()
        if self.service_account != "default":
            yield Reference(
                kind="ServiceAccount",
                name=self.service_account,
                key=None,
                optional=False,
                path=self._at("serviceAccountName"),
                use="serviceAccountName",
            )

    def pull_secrets(self) -> Iterator[Reference]:
        """Secrets that images are pulled with."""
        for position, entry in objects(self.raw, "imagePullSecrets"):
            yield Reference(
                kind="Secret",
                name=text(entry, "name"),
                key=None,
                optional=True,
                path=self._at("imagePullSecrets", position),
                use="imagePullSecrets",
            )

    def _volume_references(self, position: int, volume: dict[str, JsonValue]) -> Iterator[Reference]:
        sources = [(volume, self._at("volumes", position), "volume")]
        sources += [
            (source, self._at("volumes", position, "projected", "sources", inner), "projected")
            for inner, source in objects(volume, "projected", "sources")
        ]
        for source, path, use in sources:
            for field, kind, name_field in (
                ("configMap", "ConfigMap", "name"),
                ("secret", "Secret", "secretName" if use == "volume" else "name"),
            ):
                raw = mapping(source, field)
                if not raw:
                    continue
                keys: list[str | None] = [text(item, "key") for _, item in objects(raw, "items")]
                for key in keys or [None]:
                    yield Reference(
                        kind=kind,
                        name=text(raw, name_field) or text(raw, "name"),
                        key=key,
                        optional=flag(raw, "optional"),
                        path=f"{path}.{field}",
                        use=use,
                    )


class Pod(View):
    """A Pod."""

    kind: ClassVar[str] = "Pod"

    @cached_property
    def spec(self) -> PodSpec:
        """`spec`, with the containers' statuses joined in."""
        return PodSpec(mapping(self.raw, "spec"), "spec", mapping(self.raw, "status"))

    @property
    def containers(self) -> list[Container]:
        """All containers."""
        return self.spec.containers

    @cached_property
    def phase(self) -> str:
        """`status.phase`."""
        return self.text("status", "phase")

    @property
    def reason(self) -> str:
        """`status.reason`, set for evicted and lost Pods."""
        return self.text("status", "reason")

    @property
    def node_name(self) -> str:
        """Node that the Pod was bound to."""
        return self.spec.node_name

    @property
    def placed(self) -> bool:
        """Whether a node has it: it is bound to one, or a kubelet reports its containers."""
        return bool(self.node_name) or any(self.mapping("status").get(field) for _, field in _CONTAINER_LISTS)

    @property
    def ip(self) -> str:
        """`status.podIP`."""
        return self.text("status", "podIP")

    @cached_property
    def finished(self) -> bool:
        """Whether all its containers have ended for good."""
        return self.phase in {"Succeeded", "Failed"}

    @cached_property
    def ready(self) -> bool:
        """Whether condition Ready is True."""
        return self.condition("Ready").get("status") == "True"

    @cached_property
    def terminating(self) -> bool:
        """Whether deletion was asked for."""
        return self.deleted_at is not None

    @cached_property
    def expected_to_run(self) -> bool:
        """Whether somebody counts on it: neither finished nor on its way out."""
        return not self.finished and not self.terminating

    @cached_property
    def plainly_well(self) -> bool:
        """Whether it is ready and reachable, and each of its containers runs in its first instance.

        Read off the status alone, because of the many Pods of a cluster hardly any needs a closer look.
        """
        if not self.ready or not self.ip:
            return False
        for declared, reported in _CONTAINER_LISTS:
            statuses, specified = dig(self.raw, "status", reported) or [], dig(self.raw, "spec", declared) or []
            if not isinstance(statuses, list) or not isinstance(specified, list) or len(statuses) != len(specified):
                return False
            if not all(isinstance(status, dict) and _untroubled(status) for status in statuses):
                return False
        return True

    def blocked_containers(self) -> Iterator[Container]:
        """Containers that keep the Pod from being ready."""
        for container in self.containers:
            done = container.role is ContainerRole.INIT and container.terminated.get("exitCode") == 0
            if container.status and not container.ready and not done:
                yield container

    def cite_container(self, container: Container, *fields: str) -> tuple[Evidence, ...]:
        """Cite fields of a container's status."""
        return tuple(self.cite(f"{container.status_path}.{field}") for field in fields)


def _untroubled(status: dict[str, JsonValue]) -> bool:
    if status.get("restartCount") != 0 or status.get("lastState"):
        return False
    state = status.get("state")
    if not isinstance(state, dict):
        return False
    return (status.get("ready") is True and "running" in state) or dig(state, "terminated", "exitCode") == 0
