"""What a rule is."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, View, Workload


class Records(StrEnum):
    """What a rule can need besides kinds of objects; the names that `Coverage.lists` uses for them."""

    LOGS = "Log"
    METRICS = "Metric"
    ALERTS = "Alert"
    NODE_SERVICES = "NodeService"
    CONNECTION_PROBES = "ConnectionProbe"


Need = type[View] | Records | tuple[Records, ...]
"""A kind, a record, or several records any of which will do."""
OBSERVED = (Records.ALERTS, Records.METRICS)
"""Somebody measured: alerts compare figures with those before, and series can be compared by ourselves."""
Check = Callable[[Any, ClusterSnapshot], Iterable[Match]]  # Any: each rule takes the view that it names
Selection = Callable[[ClusterSnapshot], Iterable[View]]
"""Finds the subjects that several rules need look at."""


@dataclass(frozen=True)
class RuleDoc:
    """A rule's docstring, in its parts. Examples are YAML documents."""

    summary: str
    why: str
    fires_on: str
    quiet_on: str
    remedy: str
    references: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """A named check of one kind of subject.

    Attributes:
        name: the function's name, which is the problem's name.
        area: the folder that the rule stands in.
        severity: how bad a match is.
        subject: the view that is checked, one at a time.
        needs: what must have been collected, or the verdict is UNKNOWN.
        stage: whether a match tells of an origin, a misbehaviour, what is coming up or a risk.
        directness: how directly the evidence shows it.
        among: finds the subjects that can match at all; None means all of the kind.
        check: yields a match for each problem of one subject.
    """

    name: str
    area: str
    severity: Severity
    subject: type[View]
    needs: tuple[Need, ...]
    stage: Stage
    directness: Directness
    among: Selection | None
    check: Check
    doc: RuleDoc = field(repr=False)

    def subjects(self, cluster: ClusterSnapshot) -> Sequence[View]:
        """List what the rule is asked about; rules that share a selection share the list."""
        if self.among is None:
            return subjects_of(self.subject, cluster)
        among = self.among
        return cluster.remember(("subjects among", among), lambda: tuple(among(cluster)))

    def met_everywhere(self, cluster: ClusterSnapshot) -> bool:
        """Tell at once whether all that the rule needs was read of the whole cluster."""
        return all(any(map(cluster.coverage.covers, words(need))) for need in self.needs)

    def unmet(self, cluster: ClusterSnapshot, namespace: str | None) -> list[str]:
        """Name what the rule needs and nobody collected for a namespace.

        Events and records are read object by object, so that some of them is all that can be asked for.
        """
        return [words(need)[0] for need in self.needs if not _met(need, cluster, namespace)]


def words(need: Need) -> tuple[str, ...]:
    """Name what a rule needs as `Coverage.lists` does: any one of several will do."""
    match need:
        case tuple():
            return tuple(record.value for record in need)
        case Records():
            return (need.value,)
        case _:
            return (need.kind,)


def _met(need: Need, cluster: ClusterSnapshot, namespace: str | None) -> bool:
    if isinstance(need, (Records, tuple)) or need is Event:
        return any(cluster.coverage.touches(word, namespace) for word in words(need))
    if namespace is None:  # what lives in no namespace is judged by the namespaces that were read
        return cluster.coverage.touches(need.kind)
    return cluster.covers(need, namespace)


def subjects_of(kind: type[View], cluster: ClusterSnapshot) -> Sequence[View]:
    """List all objects of a kind; of `Workload`, those that nothing else manages."""
    return cluster.remember(
        ("subjects of", kind), lambda: tuple(cluster.workloads() if kind is Workload else cluster.all(kind))
    )


SECTIONS = ("Why it matters", "Fires on", "Stays quiet on", "Remedy", "References")


def parse_doc(docstring: str) -> RuleDoc:
    """Split a rule's docstring into its sections.

    Raises:
        ValueError: a section is missing; the message names it.
    """
    body = inspect.cleandoc(docstring)
    parts = re.split(rf"^({'|'.join(SECTIONS)}):\n", body, flags=re.MULTILINE)
    found = dict(zip(parts[1::2], parts[2::2], strict=True))
    missing = [section for section in SECTIONS if not found.get(section, "").strip()]
    if missing:
        msg = f"docstring lacks {', '.join(missing)}"
        raise ValueError(msg)
    sections = {name: inspect.cleandoc("\n" + text).strip() for name, text in found.items()}
    return RuleDoc(
        summary=" ".join(parts[0].split()),
        why=" ".join(sections["Why it matters"].split()),
        fires_on=sections["Fires on"],
        quiet_on=sections["Stays quiet on"],
        remedy=" ".join(sections["Remedy"].split()),
        references=tuple(sections["References"].split()),
    )


def rule(
    severity: Severity,
    *,
    subject: type[View],
    needs: tuple[Need, ...] = (),
    stage: Stage = Stage.CAUSE,
    directness: Directness = Directness.COMPARED,
    among: Selection | None = None,
) -> Callable[[Check], Rule]:
    """Make a check function a rule. Its name, area and documentation come from where and how it is written.

    Args:
        severity: how bad a match is.
        subject: the view that the check takes as first argument.
        needs: kinds and records that must have been collected; the subject's own kind is always needed.
        stage: CAUSE for an origin, SYMPTOM for a misbehaviour that something else must explain, PREDICTION for
            what will happen, RISK for what may.
        directness: how directly the evidence shows it.
        among: finds the subjects that can match at all, for rules that need not look at every object.
    """

    def wrap(check: Check) -> Rule:
        return Rule(
            name=check.__name__,
            area=check.__module__.split(".")[-2],
            severity=severity,
            subject=subject,
            needs=needs,
            stage=stage,
            directness=directness,
            among=among,
            check=check,
            doc=parse_doc(check.__doc__ or ""),
        )

    return wrap


Matches = Iterator[Match]
