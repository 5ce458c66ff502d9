"""How much, and how often."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.spans import span
from cluster_doctor.remediation.policy.strict import Strict


def _span_text(text: str) -> str:
    try:
        found = span(text)
    except UsageError as error:
        raise ValueError(f"{error.what}; write one such as 90m, 24h or 7d") from error
    if not found:
        raise ValueError("a window of no length limits nothing")
    return text.strip()


Span = Annotated[str, AfterValidator(_span_text)]
Pieces = Annotated[int, Field(ge=0, le=1_000_000)]
AtLeastOne = Annotated[int, Field(ge=1, le=1_000_000)]
Percent = Annotated[int, Field(ge=0, le=1_000_000)]


class Size(Strict):
    """Up to what size. What is left out is not limited, save Nodes and Pods at a time.

    Attributes:
        replicas: the most that a workload, or the bounds of an autoscaler, may get.
        replica_change: by how many they may go up or down in one step.
        memory_percent: by how much memory may grow: a container's, or a quota's.
        cpu_percent: the same for CPU.
        storage_percent: the same for storage: a claim's, or a quota's.
        nodes_at_a_time: Nodes that may be cordoned by us at the same time.
        pods_at_a_time: Pods that may be evicted or deleted within `pods_settle`.
        pods_settle: how long a Pod that was evicted or deleted counts.
    """

    replicas: Pieces | None = None
    replica_change: Pieces | None = None
    memory_percent: Percent | None = None
    cpu_percent: Percent | None = None
    storage_percent: Percent | None = None
    nodes_at_a_time: AtLeastOne = 1
    pods_at_a_time: AtLeastOne = 1
    pods_settle: Span = "10m"


class Rate(Strict):
    """At most so many writes within a window that ends now."""

    writes: AtLeastOne
    within: Span

    @property
    def window(self) -> timedelta:
        """`within`, as a span of time."""
        return span(self.within)


class Rates(Strict):
    """How often. Every write counts, whichever entry allowed it.

    Attributes:
        per_object: writes to the object that the step is about.
        overall: writes to anything.
    """

    per_object: Rate | None = None
    overall: Rate | None = None
