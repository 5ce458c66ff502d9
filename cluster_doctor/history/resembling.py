"""A past incident that bears a fingerprint, read only when it is told of: most are only counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.recurrence import PastIncident


@dataclass(frozen=True, kw_only=True)
class Resembling:
    """One past incident by the columns of the index.

    Attributes:
        name: the run, and the fingerprint of the cause that it named.
        snapshot: hash of the picture in which it was seen.
        episode: equal for what is one incident.
        is_judged: whether a person said something of it.
        incident: reads it; raises `RunError` if its record is damaged.
        cluster: reads which cluster it was; raises as above.
    """

    name: tuple[str, str]
    snapshot: str
    episode: str
    is_judged: bool
    incident: Callable[[], PastIncident]
    cluster: Callable[[], ClusterIdentity]
