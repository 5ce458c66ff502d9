"""What a rule is."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, View


class Records(StrEnum):
    """What a rule can need besides kinds of objects; the names that `Coverage.lists` uses for them."""

    LOGS = "Log"
    METRICS = "Metric"
    ALERTS = "Alert"
    NODE_SERVICES = "NodeService"
    CONNECTION_PROBES = "ConnectionProbe"


Need = type[View] | Records
Check = Callable[[Any, ClusterSnapshot], Iterable[Match]]  # Any: each rule takes the view that it names


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
        stage: whether a match names an origin or a misbehaviour that something must explain.
        directness: how directly the evidence shows it.
        check: yields a match for each problem of one subject.
    """

    name: str
    area: str
    severity: Severity
    subject: type[View]
    needs: tuple[Need, ...]
    stage: Stage
    directness: Directness
    check: Check
    doc: RuleDoc = field(repr=False)

    def unmet(self, cluster: ClusterSnapshot, namespace: str | None) -> list[str]:
        """Name what the rule needs and nobody collected for a namespace.

        Events and records are read object by object, so that some of them is all that can be asked for.
        """
        lacking = []
        for need in self.needs:
            if isinstance(need, Records) or need is Event:
                word = need.value if isinstance(need, Records) else need.kind
                if not cluster.coverage.touches(word, namespace):
                    lacking.append(word)
            elif namespace is None and not cluster.coverage.touches(need.kind):
                lacking.append(need.kind)  # what lives in no namespace is judged by the namespaces that were read
            elif namespace is not None and not cluster.covers(need, namespace):
                lacking.append(need.kind)
        return lacking


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
) -> Callable[[Check], Rule]:
    """Make a check function a rule. Its name, area and documentation come from where and how it is written.

    Args:
        severity: how bad a match is.
        subject: the view that the check takes as first argument.
        needs: kinds and records that must have been collected; the subject's own kind is always needed.
        stage: CAUSE for an origin, SYMPTOM for a misbehaviour that something else must explain.
        directness: how directly the evidence shows it.
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
            check=check,
            doc=parse_doc(check.__doc__ or ""),
        )

    return wrap


Matches = Iterator[Match]
