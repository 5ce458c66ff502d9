"""What every source of snapshots offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

Progress = Callable[[str], None]
"""Called with one line for a person whenever a step of long work begins."""


def silent(_: str) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What to look at: namespaces (none means all) and the objects where an incident begins."""

    namespaces: tuple[str, ...] = ()
    seeds: tuple[ObjectRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Want:
    """Something that is still missing: a list of a kind, one object, or (kind "Log") the logs of a Pod."""

    kind: str
    namespace: str | None = None
    name: str | None = None


class Source(Protocol):
    """Reads a cluster or a recording of one. Never writes."""

    @property
    def description(self) -> str:
        """What a person would call the place that is read."""
        ...

    def collect(self, scope: Scope, progress: Progress = silent) -> ClusterSnapshot:
        """Read what the scope asks for.

        Raises:
            SourceError: nothing could be read at all. Parts that could not be read are gaps instead.
        """
        ...

    def fetch(self, cluster: ClusterSnapshot, wants: Iterable[Want], progress: Progress = silent) -> ClusterSnapshot:
        """Return a snapshot that also holds what was still missing, as far as it can be read."""
        ...
