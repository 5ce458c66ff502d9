"""What goes into the index of past incidents, and what may be asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.recurrence import PastIncident
from cluster_doctor.domain.refs import ObjectRef


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A past incident with what it is found and counted by.

    Attributes:
        incident: what is told of it.
        snapshot: hash of the picture in which it was seen.
        episode: equal for what is one incident: when it began, or the picture if that is not known.
        cluster: which cluster it was.
        objects: what the cause is at, what it affects and what its chain passes.
        words: all text by which a person may look for it.
    """

    incident: PastIncident
    snapshot: str
    episode: str
    cluster: ClusterIdentity = field(default_factory=ClusterIdentity)
    objects: tuple[ObjectRef, ...] = ()
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a search asks for; all that is given must hold, and what is empty does not matter."""

    text: str = ""
    fingerprint: str = ""
    rule: str = ""
    subject: ObjectRef | None = None
