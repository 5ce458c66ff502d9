"""What all typed views share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import ClassVar

from pydantic import JsonValue

from cluster_doctor.domain.evidence import Evidence, EvidenceSource
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.paths import dig, flag, integer, mapping, objects, resolve, strings, text, words
from cluster_doctor.snapshot.times import parse_time


class View:
    """A thin typed view of one object; the object itself stays as it was received.

    Accessors never raise on an odd shape: what is missing or of another type reads as empty.
    """

    kind: ClassVar[str] = ""
    api_version: ClassVar[str] = "v1"

    def __init__(self, raw: dict[str, JsonValue]) -> None:
        """Look at an object; nothing is copied."""
        self.raw = raw

    def __repr__(self) -> str:
        """`<Pod shop/web-0>`."""
        return f"<{self.ref}>"

    @cached_property
    def name(self) -> str:
        """`metadata.name`."""
        return text(self.raw, "metadata", "name")

    @cached_property
    def namespace(self) -> str | None:
        """`metadata.namespace`; None for what lives in no namespace."""
        return text(self.raw, "metadata", "namespace") or None

    @cached_property
    def ref(self) -> ObjectRef:
        """The object's name, with the API version that it was read in."""
        return ObjectRef(
            kind=text(self.raw, "kind") or self.kind,
            name=self.name,
            namespace=self.namespace,
            api_version=text(self.raw, "apiVersion") or self.api_version,
            uid=text(self.raw, "metadata", "uid") or None,
        )

    @classmethod
    def ref_to(cls, namespace: str | None, name: str) -> ObjectRef:
        """Name an object of this kind, whether it exists or not."""
        return ObjectRef(kind=cls.kind, name=name, namespace=namespace, api_version=cls.api_version)

    @cached_property
    def labels(self) -> dict[str, str]:
        """`metadata.labels`."""
        return strings(self.raw, "metadata", "labels")

    @cached_property
    def annotations(self) -> dict[str, str]:
        """`metadata.annotations`."""
        return strings(self.raw, "metadata", "annotations")

    @cached_property
    def created_at(self) -> datetime | None:
        """`metadata.creationTimestamp`."""
        return parse_time(dig(self.raw, "metadata", "creationTimestamp"))

    @cached_property
    def deleted_at(self) -> datetime | None:
        """`metadata.deletionTimestamp`: when deletion was asked for."""
        return parse_time(dig(self.raw, "metadata", "deletionTimestamp"))

    @cached_property
    def controller(self) -> ObjectRef | None:
        """The owner that manages this object, from `metadata.ownerReferences`."""
        owners = objects(self.raw, "metadata", "ownerReferences")
        if not owners:
            return None
        chosen = next((owner for _, owner in owners if flag(owner, "controller")), None)
        if chosen is None:
            return None
        return ObjectRef(
            kind=text(chosen, "kind"),
            name=text(chosen, "name"),
            namespace=self.namespace,
            api_version=text(chosen, "apiVersion") or "v1",
            uid=text(chosen, "uid") or None,
        )

    def condition(self, kind: str) -> dict[str, JsonValue]:
        """One member of `status.conditions`, empty if there is none of that type."""
        return next((entry for _, entry in objects(self.raw, "status", "conditions") if entry.get("type") == kind), {})

    def condition_path(self, kind: str) -> str:
        """Where `condition` found it, for a citation."""
        for position, entry in objects(self.raw, "status", "conditions"):
            if entry.get("type") == kind:
                return f"status.conditions[{position}]"
        return "status.conditions"

    def cite(self, path: str) -> Evidence:
        """Cite what this object holds at a path; None is a value too: "not set"."""
        return Evidence(
            subject=self.ref,
            source=EvidenceSource.OBJECT,
            path=path,
            value=resolve(self.raw, path),
            command=self._command(path),
        )

    def _command(self, path: str) -> str:
        scope = f" -n {self.namespace}" if self.namespace else ""
        name = BY_KIND.get(self.ref.kind)
        if name:
            plural = name.plural if not self.ref.group or name.api_version.startswith(self.ref.group) else self.ref.kind
            resource = plural if len(plural) < 22 else self.ref.kind.lower()
        else:
            resource = f"{self.ref.kind.lower()}.{self.ref.group}" if self.ref.group else self.ref.kind.lower()
        escaped = path.replace("['", ".").replace("']", "") if "['" in path else path
        return f"kubectl get {resource} {self.name}{scope} -o jsonpath='{{.{escaped}}}'"

    def text(self, *path: str | int) -> str:
        """Read a string of the object."""
        return text(self.raw, *path)

    def integer(self, *path: str | int, default: int = 0) -> int:
        """Read a whole number of the object."""
        return integer(self.raw, *path, default=default)

    def flag(self, *path: str | int) -> bool:
        """Read a boolean of the object."""
        return flag(self.raw, *path)

    def mapping(self, *path: str | int) -> dict[str, JsonValue]:
        """Read a JSON object of the object."""
        return mapping(self.raw, *path)

    def strings(self, *path: str | int) -> dict[str, str]:
        """Read a map of strings of the object."""
        return strings(self.raw, *path)

    def objects(self, *path: str | int) -> Sequence[tuple[int, dict[str, JsonValue]]]:
        """Read a list of JSON objects of the object, with positions."""
        return objects(self.raw, *path)

    def words(self, *path: str | int) -> list[str]:
        """Read a list of strings of the object."""
        return words(self.raw, *path)
