"""Configuration, storage and identities that Pods use."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from pydantic import JsonValue

from cluster_doctor.snapshot.paths import dig, text
from cluster_doctor.snapshot.quantity import parse_quantity
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views.base import View


class ConfigMap(View):
    """A ConfigMap."""

    kind: ClassVar[str] = "ConfigMap"

    @property
    def keys(self) -> frozenset[str]:
        """Names of all keys."""
        return frozenset(self.mapping("data")) | frozenset(self.mapping("binaryData"))

    @property
    def values(self) -> dict[str, str]:
        """Text values by key."""
        return self.strings("data")


class Secret(View):
    """A Secret, without its values: type, names of keys, and facts computed when it was read.

    `facts` maps a key to what may be told about its value: for a certificate `subject`, `sans`,
    `not_before`, `not_after`; for a pull secret `registries`; for a token `issued_at`,
    `expires_at`; for a port number `port`.
    """

    kind: ClassVar[str] = "Secret"

    @property
    def type(self) -> str:
        """`type`, which defaults to `Opaque`."""
        return self.text("type") or "Opaque"

    @property
    def keys(self) -> frozenset[str]:
        """Names of all keys."""
        return frozenset(self.words("keys"))

    @property
    def changed_at(self) -> datetime | None:
        """When it was last written, as far as its managed fields told; else when it was made."""
        return parse_time(self.raw.get("changedAt")) or self.created_at

    def facts(self, key: str) -> dict[str, JsonValue]:
        """What may be told about a key's value."""
        return self.mapping("facts", key)


class ServiceAccount(View):
    """A ServiceAccount."""

    kind: ClassVar[str] = "ServiceAccount"

    @property
    def pull_secrets(self) -> list[str]:
        """Secrets that its Pods pull images with."""
        return [text(entry, "name") for _, entry in self.objects("imagePullSecrets")]


class Claim(View):
    """A PersistentVolumeClaim."""

    kind: ClassVar[str] = "PersistentVolumeClaim"

    @property
    def phase(self) -> str:
        """`status.phase`: Pending, Bound or Lost."""
        return self.text("status", "phase")

    @property
    def storage_class(self) -> str | None:
        """`spec.storageClassName`: None asks for the default class, empty for none."""
        found = dig(self.raw, "spec", "storageClassName")
        return found if isinstance(found, str) else self.annotations.get("volume.beta.kubernetes.io/storage-class")

    @property
    def volume(self) -> str:
        """`spec.volumeName`."""
        return self.text("spec", "volumeName")

    @property
    def access_modes(self) -> list[str]:
        """`spec.accessModes`."""
        return self.words("spec", "accessModes")

    @property
    def requested(self) -> Decimal | None:
        """Bytes asked for."""
        return parse_quantity(dig(self.raw, "spec", "resources", "requests", "storage"))

    @property
    def selector(self) -> dict[str, JsonValue]:
        """`spec.selector` as a LabelSelector, empty if none."""
        return self.mapping("spec", "selector")


class Volume(View):
    """A PersistentVolume."""

    kind: ClassVar[str] = "PersistentVolume"

    @property
    def phase(self) -> str:
        """`status.phase`: Available, Bound, Released or Failed."""
        return self.text("status", "phase")

    @property
    def storage_class(self) -> str:
        """`spec.storageClassName`, empty for none."""
        return self.text("spec", "storageClassName")

    @property
    def access_modes(self) -> list[str]:
        """`spec.accessModes`."""
        return self.words("spec", "accessModes")

    @property
    def capacity(self) -> Decimal | None:
        """Bytes."""
        return parse_quantity(dig(self.raw, "spec", "capacity", "storage"))

    @property
    def claim(self) -> tuple[str, str] | None:
        """Namespace and name of the claim that holds it, None if free."""
        name = self.text("spec", "claimRef", "name")
        return (self.text("spec", "claimRef", "namespace"), name) if name else None


class StorageClass(View):
    """A StorageClass."""

    kind: ClassVar[str] = "StorageClass"
    api_version: ClassVar[str] = "storage.k8s.io/v1"

    @property
    def provisioner(self) -> str:
        """`provisioner`."""
        return self.text("provisioner")

    @property
    def waits_for_consumer(self) -> bool:
        """Whether claims stay Pending until a Pod uses them."""
        return self.text("volumeBindingMode") == "WaitForFirstConsumer"

    @property
    def default(self) -> bool:
        """Whether claims without a class get this one."""
        return "true" in (
            self.annotations.get("storageclass.kubernetes.io/is-default-class"),
            self.annotations.get("storageclass.beta.kubernetes.io/is-default-class"),
        )


class CSIDriver(View):
    """A CSIDriver."""

    kind: ClassVar[str] = "CSIDriver"
    api_version: ClassVar[str] = "storage.k8s.io/v1"


class Role(View):
    """A Role or ClusterRole."""

    kind: ClassVar[str] = "Role"
    api_version: ClassVar[str] = "rbac.authorization.k8s.io/v1"


class ClusterRole(Role):
    """A ClusterRole."""

    kind: ClassVar[str] = "ClusterRole"


class RoleBinding(View):
    """A RoleBinding."""

    kind: ClassVar[str] = "RoleBinding"
    api_version: ClassVar[str] = "rbac.authorization.k8s.io/v1"


class ClusterRoleBinding(RoleBinding):
    """A ClusterRoleBinding."""

    kind: ClassVar[str] = "ClusterRoleBinding"
