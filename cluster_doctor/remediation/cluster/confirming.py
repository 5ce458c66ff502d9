"""Watches whether a change healed what it was made for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from cluster_doctor.domain.errors import SourceError
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload


@dataclass(frozen=True)
class Patience:
    """How long healing may take, how long it has to last, and how often to look."""

    within: timedelta = timedelta(minutes=5)
    lasting: timedelta = timedelta(seconds=30)
    every: timedelta = timedelta(seconds=5)


@dataclass(frozen=True)
class Confirmation:
    """Whether it healed, and what was seen last."""

    healed: bool
    note: str


def confirm(
    look: Callable[[], ClusterSnapshot],
    fingerprints: Iterable[str],
    concerned: Iterable[ObjectRef],
    patience: Patience,
) -> Confirmation:
    """Look until the causes are gone and the workloads are well for a while, or until patience ends.

    Args:
        look: takes a new picture.
        fingerprints: of the causes that were to go.
        concerned: workloads that have to be well.
        patience: how long.
    """
    begun, well_since = time.monotonic(), None
    wanted, objects = frozenset(fingerprints), tuple(concerned)
    while True:
        at = time.monotonic()
        still = list(_unhealed(look, wanted, objects))
        if still:
            well_since = None
        elif well_since is None:
            well_since = at
        if well_since is not None and at - well_since >= patience.lasting.total_seconds():
            return Confirmation(healed=True, note=f"well for {patience.lasting.total_seconds():g} s")
        if time.monotonic() - begun >= patience.within.total_seconds() and still:
            return Confirmation(healed=False, note="; ".join(still[:3]))
        time.sleep(patience.every.total_seconds())


def _unhealed(
    look: Callable[[], ClusterSnapshot], fingerprints: frozenset[str], concerned: tuple[ObjectRef, ...]
) -> Iterator[str]:
    try:
        cluster = look()
    except SourceError as error:
        yield error.what
        return
    for cause in diagnose(cluster, Incident()).root_causes:
        if cause.fingerprint in fingerprints:
            yield f"still so: {cause.statement}"
    for ref in concerned:
        workload = cluster.find(ref)
        if isinstance(workload, Workload) and not _is_well(workload):
            yield f"{ref} has {workload.ready_replicas} of {workload.wanted} replicas ready"


def _is_well(workload: Workload) -> bool:
    if not workload.observed:
        return False
    updated = workload.integer("status", "updatedReplicas", default=workload.wanted)
    return workload.ready_replicas >= workload.wanted <= updated
