"""What a dry run showed, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.rehearsal import Rehearsal, RehearsedStep
from cluster_doctor.reports.text import Line, Tone, wrap


def rehearsal_lines(rehearsal: Rehearsal, width: int) -> Iterator[Line]:
    """Lay out what each step would store, on which cluster, and what the policy says."""
    yield Line("Rehearsed on the cluster, nothing stored", Tone.HEADING)
    if rehearsal.note:
        yield from wrap(rehearsal.note, width, "  ")
    if rehearsal.identity:
        yield from wrap(_told(rehearsal.identity), width, "  ")
    for step in rehearsal.steps:
        yield from _step(step, width)


def _told(identity: ClusterIdentity) -> str:
    return "cluster: " + ", ".join(f"{signal.value} {value[:40]}" for signal, value in identity.signals.items())


def _step(step: RehearsedStep, width: int) -> Iterator[Line]:
    yield Line(f"  {step.key} {step.title}", Tone.GOOD if step.is_offered else Tone.UNSURE)
    for edit in step.diff:
        yield from wrap(str(edit), width, "      ")
    if step.problem:
        yield from wrap(f"cannot be done: {step.problem}", width, "    ")
    if not step.verdict.allowed:
        yield from wrap(f"not allowed: {'; '.join(step.verdict.reasons)}", width, "    ")
    if step.is_offered and not step.undo_tried:
        yield from wrap("cannot be taken back", width, "    ")
    for warning in step.warnings:
        yield from wrap(f"the server warns: {warning}", width, "    ")
