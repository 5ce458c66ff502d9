"""How much it hurts, how fast it gets worse, and whose it is."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.diagnosis import Diagnosis
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.triage import BlastRadius, Priority, Triage
from cluster_doctor.inference.blast_radius import blast_radius, serving_nothing
from cluster_doctor.inference.ownership import owner_of
from cluster_doctor.inference.urgency import Urgency, urgency_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

HALF = 0.5


def triage(cluster: ClusterSnapshot, diagnosis: Diagnosis) -> Triage | None:
    """Judge impact and urgency of what was diagnosed; None if nothing is wrong."""
    starts = _starts(diagnosis)
    if not starts:
        return None
    radius = blast_radius(cluster, starts)
    dead = serving_nothing(cluster, radius)
    urgency = urgency_of(cluster, radius, starts, diagnosis.predictions)
    priority, reasons = _priority(radius, dead, urgency)
    owner, origin = owner_of(cluster, (*starts, *radius.workloads))
    return Triage(
        priority=priority,
        reasons=reasons,
        impact=_impact(radius, dead),
        urgency=urgency.statement,
        blast_radius=radius,
        owner=owner,
        owner_source=origin,
    )


def _starts(diagnosis: Diagnosis) -> tuple[ObjectRef, ...]:
    """Everything that is known to be touched: causes, what they affect, and what stays unexplained."""
    causes = [ref for cause in diagnosis.root_causes for ref in (cause.subject, *cause.affected)]
    return tuple(dict.fromkeys([*causes, *(symptom.subject for symptom in diagnosis.unexplained)]))


def _priority(radius: BlastRadius, dead: tuple[ObjectRef, ...], urgency: Urgency) -> tuple[Priority, tuple[str, ...]]:
    system = tuple(ref for ref in (*radius.workloads, *radius.services) if ref.namespace == "kube-system")
    reasons = (*_reasons(radius, dead, system), *urgency.reasons)
    share = radius.share_ready
    down = share == 0 or bool(dead)
    felt = bool(radius.routes or radius.dependants)
    if down and (felt or system or radius.data_at_risk):
        return Priority.P1, reasons
    if down or urgency.rising or (share is not None and share < HALF):
        return Priority.P2, reasons
    if felt or (share is not None and share < 1):
        return Priority.P3, reasons
    return Priority.P4, reasons or ("nothing that serves is known to be affected",)


def _reasons(radius: BlastRadius, dead: tuple[ObjectRef, ...], system: tuple[ObjectRef, ...]) -> Iterator[str]:
    if dead:
        yield f"{_names(dead)} {'serves' if len(dead) == 1 else 'serve'} nothing: no address behind is ready"
    if radius.routes:
        yield f"{_names(radius.routes)} leads to it from outside"
    if radius.dependants:
        yield f"{_names(radius.dependants)} depends on it"
    if radius.data_at_risk:
        yield "it keeps state on a volume"
    if system:
        yield f"{_names(system)} belongs to the cluster itself"
    if radius.share_ready is not None:
        yield f"{radius.share_ready:.0%} of the wanted replicas are ready"


def _impact(radius: BlastRadius, dead: tuple[ObjectRef, ...]) -> str:
    parts: list[str] = []
    if dead:
        parts.append(f"not serving: {_names(dead)}")
    elif radius.services:
        parts.append(f"still serving: {_names(radius.services)}")
    if radius.share_ready is not None:
        parts.append(f"{radius.share_ready:.0%} of replicas ready")
    if radius.dependants:
        parts.append(f"dependants: {_names(radius.dependants)}")
    if radius.routes:
        parts.append(f"reached from outside through {_names(radius.routes)}")
    return "; ".join(parts) or f"limited to {_names(radius.workloads) or 'configuration'}"


def _names(refs: tuple[ObjectRef, ...], most: int = 3) -> str:
    shown = ", ".join(str(ref) for ref in refs[:most])
    return f"{shown} and {len(refs) - most} more" if len(refs) > most else shown
