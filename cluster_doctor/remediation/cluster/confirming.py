"""Watches whether a change healed what it was made for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cluster_doctor.domain import lacks
from cluster_doctor.domain.errors import SourceError
from cluster_doctor.domain.findings import Finding
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.remediation.cluster.aftermath import since_change
from cluster_doctor.rules.engine import check_all
from cluster_doctor.rules.rule_set import OURS, RuleSet
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import CronJob, DaemonSet, Job, Workload


@dataclass(frozen=True)
class Patience:
    """How long healing may take, how long it has to last, and how often to look.

    A kubelet waits up to five minutes between two attempts at a container or an image, so that what was healed may
    show only then.
    """

    within: timedelta = timedelta(minutes=10)
    lasting: timedelta = timedelta(seconds=30)
    every: timedelta = timedelta(seconds=5)


@dataclass(frozen=True)
class Confirmation:
    """Whether it healed, and what was seen last. `left` is the cause that stays, where only the harm was kept away."""

    healed: bool
    note: str
    left: str = ""


@dataclass(frozen=True)
class Sight:
    """What was seen when a cause was found, and has to be seen again before it may count as gone."""

    kind: str
    namespace: str | None


@dataclass(frozen=True)
class Expectation:
    """What is to be so after a change.

    Attributes:
        fingerprints: of the causes that were to go.
        concerned: objects that were changed; workloads among them have to be well.
        needed: what has to be looked at to say that the causes are gone.
        changed_at: when the change was made.
        rules: those that found the causes.
        finders: names of those among them that did.
    """

    fingerprints: frozenset[str]
    concerned: tuple[ObjectRef, ...]
    needed: frozenset[Sight]
    changed_at: datetime
    rules: RuleSet
    finders: frozenset[str]


def confirm(
    look: Callable[[], ClusterSnapshot],
    fingerprints: Iterable[str],
    concerned: Iterable[ObjectRef],
    patience: Patience,
    before: ClusterSnapshot,
    rules: RuleSet = OURS,
) -> Confirmation:
    """Look until the causes are gone and the workloads are well for a while, or until patience ends.

    Args:
        look: takes a new picture.
        fingerprints: of the causes that were to go.
        concerned: workloads that have to be well.
        patience: how long.
        before: the picture in which the causes were found.
        rules: those that found them.
    """
    begun, well_since = time.monotonic(), None
    wanted = frozenset(fingerprints)
    found = [finding for finding in check_all(before, rules=rules).findings if finding.fingerprint in wanted]
    expected = Expectation(
        wanted,
        tuple(concerned),
        _needed(before, found, rules),
        datetime.now(UTC),
        rules,
        frozenset(finding.rule for finding in found),
    )
    while True:
        at = time.monotonic()
        still = list(_unhealed(look, expected))
        if still:
            well_since = None
        elif well_since is None:
            well_since = at
        if well_since is not None and at - well_since >= patience.lasting.total_seconds():
            return Confirmation(healed=True, note=f"well for {patience.lasting.total_seconds():g} s")
        if time.monotonic() - begun >= patience.within.total_seconds() and still:
            return Confirmation(healed=False, note="; ".join(still[:3]))
        time.sleep(patience.every.total_seconds())


def _needed(before: ClusterSnapshot, found: Iterable[Finding], rules: RuleSet) -> frozenset[Sight]:
    """Kinds that the rules asked for and that were read; a cause that nobody can look for is not gone."""
    kinds = {rule.name: [need.kind for need in rule.needs if isinstance(need, type)] for rule in rules.rules}
    return frozenset(
        sight
        for finding in found
        for ref in (finding.subject, *finding.affected)
        for kind in (ref.kind, *kinds[finding.rule])
        if _is_read(before, sight := Sight(kind, ref.namespace))
    )


def _is_read(cluster: ClusterSnapshot, sight: Sight) -> bool:
    if sight.namespace is None:  # what lives in no namespace is judged by the namespaces that were read
        return cluster.coverage.touches(sight.kind)
    return cluster.covers(sight.kind, sight.namespace)


def _unhealed(look: Callable[[], ClusterSnapshot], expected: Expectation) -> Iterator[str]:
    try:
        cluster = since_change(look(), expected.changed_at)
    except SourceError as error:
        yield error.what
        return
    for sight in sorted(expected.needed, key=str):
        if not _is_read(cluster, sight):
            yield f"{sight.kind} could not be read" + (f" in namespace {sight.namespace}" if sight.namespace else "")
    lacked = check_all(cluster, rules=expected.rules).lacked
    for name in sorted(expected.finders & lacked.keys()):
        for reason in lacks.reasons(lacked[name]):
            yield f"check {name} could not judge: {reason}"
    for cause in diagnose(cluster, Incident(), rules=expected.rules).root_causes:
        if cause.fingerprint in expected.fingerprints:
            yield f"still so: {cause.statement}"
    for ref in expected.concerned:
        workload = cluster.find(ref)
        if isinstance(workload, Workload) and not _is_well(workload):
            yield f"{ref} has {workload.ready_replicas} of {workload.wanted} replicas ready"


def _is_well(workload: Workload) -> bool:
    if isinstance(workload, (CronJob, Job)):
        return True  # they keep no replicas; what becomes of their runs is told by causes
    if not workload.observed:
        return False
    count = "updatedNumberScheduled" if isinstance(workload, DaemonSet) else "updatedReplicas"
    updated = workload.integer("status", count, default=workload.wanted)
    return workload.ready_replicas >= workload.wanted <= updated
