"""Names of objects in a cluster."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class ObjectRef:
    """Names one object in a cluster.

    Two references are equal when API group, kind, namespace and name agree; the API version and the uid
    are carried along but do not count, because recorded forms often lack them.
    """

    kind: str
    name: str
    namespace: str | None = None
    api_version: str = "v1"
    uid: str | None = None

    @property
    def group(self) -> str:
        """API group, empty for the core group."""
        group, slash, _ = self.api_version.partition("/")
        return group if slash else ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What two references are compared by: group, kind, namespace, name."""
        return (self.group, self.kind, self.namespace or "", self.name)

    def __eq__(self, other: object) -> bool:
        """Compare by `key`, the part that differs most often first: references are compared by the million."""
        return self is other or (
            isinstance(other, ObjectRef)
            and self.name == other.name
            and (self.namespace or "") == (other.namespace or "")
            and self.kind == other.kind
            and (self.api_version == other.api_version or self.group == other.group)
        )

    def __hash__(self) -> int:
        """Hash what tells references apart nearly always; the group is left to `__eq__`."""
        return hash((self.name, self.namespace or "", self.kind))

    def __lt__(self, other: ObjectRef) -> bool:
        """Order by `key`, so that reports come out in a stable order."""
        return self.key < other.key

    def __str__(self) -> str:
        """`Kind namespace/name`, or `Kind name` for what lives in no namespace."""
        return f"{self.kind} {self.path}"

    @property
    def path(self) -> str:
        """`namespace/name`, or the bare name."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name
