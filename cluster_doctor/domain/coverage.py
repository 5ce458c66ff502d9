"""What was looked at, and what could not be."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property

from pydantic import BaseModel, ConfigDict


class GapReason(StrEnum):
    """Why something was not read. None of these ever means "does not exist"."""

    FORBIDDEN = "forbidden"
    UNAUTHENTICATED = "unauthenticated"
    NOT_SERVED = "not served"
    TIMED_OUT = "timed out"
    UNREACHABLE = "unreachable"
    TRUNCATED = "truncated"
    UNREADABLE = "unreadable"
    NOT_RECORDED = "not recorded"
    OUT_OF_SCOPE = "out of scope"


class Gap(BaseModel):
    """Something that could not be read, and why."""

    model_config = ConfigDict(frozen=True)

    kind: str
    namespace: str | None = None
    name: str | None = None
    reason: GapReason
    detail: str = ""

    def __str__(self) -> str:
        """`could not read Secret in shop: forbidden (…)`."""
        where = f" {self.name}" if self.name else ""
        where += f" in {self.namespace}" if self.namespace else ""
        detail = f" ({self.detail})" if self.detail else ""
        return f"could not read {self.kind}{where}: {self.reason.value}{detail}"


class Coverage(BaseModel):
    """What was read.

    `lists` holds `kind` or `kind/namespace` for every list that was read to its end; `kind` alone means all
    namespaces, or a kind that lives in none. `names` holds `kind/namespace/name` of objects that were asked
    for by name, found or not. Everything else is unknown.
    """

    model_config = ConfigDict(frozen=True)

    lists: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    gaps: tuple[Gap, ...] = ()

    def covers(self, kind: str, namespace: str | None = None, name: str | None = None) -> bool:
        """Tell whether absence from the snapshot means absence from the cluster."""
        if kind in self.lists or (namespace and f"{kind}/{namespace}" in self.lists):
            return True
        return name is not None and f"{kind}/{namespace or ''}/{name}" in self.names

    def touches(self, kind: str, namespace: str | None = None) -> bool:
        """Tell whether anything of a kind was looked at in a namespace, if only parts of it."""
        touched = f"{kind}/{namespace}" if namespace else kind
        return self.covers(kind, namespace) or touched in self._touched

    @cached_property
    def _touched(self) -> frozenset[str]:
        """`kind` and `kind/namespace` of everything that is named in the coverage."""
        parts = [entry.split("/") for entry in (*self.names, *self.lists)]
        return frozenset({part[0] for part in parts} | {"/".join(part[:2]) for part in parts if len(part) > 1})

    def gaps_of(self, kind: str, namespace: str | None = None) -> tuple[Gap, ...]:
        """List the gaps that concern a kind in a namespace."""
        return tuple(
            gap for gap in self.gaps if gap.kind == kind and (namespace is None or gap.namespace in (None, namespace))
        )
