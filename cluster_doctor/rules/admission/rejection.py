"""Creations that the API server turned down, as controllers report them.

A controller that may not create its Pods writes an Event FailedCreate and, for a ReplicaSet, the condition
ReplicaFailure; both carry the API server's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import DaemonSet, Deployment, Event, Job, Pod, ReplicaSet, StatefulSet, Workload

REASONS = ("FailedCreate", "FailedUpdate", "ReplicaSetCreateError")


@dataclass(frozen=True, slots=True)
class Rejection:
    """One refusal: whose Pods were refused, in which words, when."""

    owner: ObjectRef
    workload: ObjectRef
    words: str
    evidence: Evidence
    at: datetime | None

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What it brings about: no Pods for the owner and for the workload above it."""
        return tuple(Effect(EffectKind.PODS_NOT_CREATED, ref) for ref in dict.fromkeys((self.owner, self.workload)))


def refusals(cluster: ClusterSnapshot) -> Iterator[Event]:
    """Events that tell of Pods which were refused."""
    return (event for event in cluster.events_with(*REASONS) if event.type == "Warning")


def rejection_of(event: Event, cluster: ClusterSnapshot) -> Rejection | None:
    """Read a refusal off an Event; None if it is none, or if its owner has got its Pods since."""
    if event.type != "Warning" or event.reason not in REASONS:
        return None
    return cluster.remember(("rejection", event.ref), lambda: _read(event, cluster))


def rejection_in(
    words: re.Pattern[str], event: Event, cluster: ClusterSnapshot
) -> tuple[Rejection, re.Match[str]] | None:
    """Read a refusal in certain words off an Event."""
    rejection = rejection_of(event, cluster)
    found = words.search(rejection.words) if rejection else None
    return (rejection, found) if rejection and found else None


def _read(event: Event, cluster: ClusterSnapshot) -> Rejection | None:
    owner = event.regarding
    view = cluster.find(owner)
    if isinstance(view, Workload) and has_its_pods(view, cluster):
        return None
    return Rejection(owner, cluster.workload_ref(owner), event.message, event.cite_message(), event.first_seen)


def replica_failure(deployment: Deployment) -> Evidence | None:
    """Cite condition ReplicaFailure of a Deployment where it is True."""
    condition = deployment.condition("ReplicaFailure")
    if text(condition, "status") != "True":
        return None
    return deployment.cite(f"{deployment.condition_path('ReplicaFailure')}.message")


def has_its_pods(workload: Workload, cluster: ClusterSnapshot) -> bool:
    """Whether as many Pods were made for a workload as it wants; a workload without a status was not looked at."""
    if not workload.has_status:
        return False
    if isinstance(workload, Job):
        return workload.complete or bool(workload.integer("status", "active"))
    wanted = workload.wanted
    if isinstance(workload, (ReplicaSet, Deployment, StatefulSet)):
        made = workload.integer("status", "replicas")
    elif isinstance(workload, DaemonSet):
        made = workload.integer("status", "currentNumberScheduled")
    else:
        made = 0
    pods = [pod for pod in cluster.owned_by(workload.ref, Pod) if not pod.finished]
    return max(made, len(pods)) >= wanted
