"""Finds past incidents that resemble a root cause."""

from __future__ import annotations

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.recurrence import Likeness, PastIncident, Recurrence
from cluster_doctor.history.incident_index import IncidentIndex
from cluster_doctor.history.past import episode_of
from cluster_doctor.history.resembling import Resembling

MOST_COMPARED = 500
"""Incidents of one fingerprint that are looked at, the latest."""
MOST_JUDGED = 3
"""Incidents that are told of because a person said something of them."""


def recurrences(
    index: IncidentIndex, cause: RootCause, snapshot: str, cluster: ClusterIdentity | None
) -> tuple[Recurrence, ...]:
    """Tell which past incidents resemble a cause, each only where it resembles most.

    Runs on the same picture are left out: they saw this very incident and nothing else.

    Args:
        index: the past incidents.
        cause: the cause that was found now.
        snapshot: hash of the picture in which it was found.
        cluster: the cluster's identity, to tell what happened in another one.

    Raises:
        RunError: the index cannot be used.
    """
    episode = episode_of(cause, snapshot)
    told: set[tuple[str, str]] = set()
    found = []
    for likeness, fingerprint in (
        (Likeness.LASTING, cause.chain_fingerprint),
        (Likeness.SAME, cause.chain_fingerprint),
        (Likeness.CAUSE, cause.fingerprint),
        (Likeness.KIND, cause.kind_fingerprint),
    ):
        alike: list[Resembling] = []
        episodes: set[str] = set()
        for past in index.resembling(likeness, fingerprint, snapshot, MOST_COMPARED):
            lasts = likeness is not Likeness.LASTING or past.episode == episode
            if lasts and past.name not in told:
                told.add(past.name)
                alike.append(past)
                episodes.add(past.snapshot if likeness is Likeness.LASTING else past.episode)
        if alike:
            judged = [past for past in alike if past.is_judged][:MOST_JUDGED]
            found.append(
                Recurrence(
                    likeness=likeness,
                    times=len(episodes),
                    last=_told(alike[0], cluster),
                    judged=tuple(_told(past, cluster) for past in judged),
                )
            )
    return tuple(found)


def _told(past: Resembling, cluster: ClusterIdentity | None) -> PastIncident:
    return past.incident().model_copy(update={"other_cluster": _differ(past.cluster(), cluster)})


def _differ(one: ClusterIdentity, other: ClusterIdentity | None) -> bool:
    same, contradicting = one.agreement(other or ClusterIdentity())
    return bool(contradicting) and not same
