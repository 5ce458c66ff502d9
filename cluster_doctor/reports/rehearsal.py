"""What trying the plans showed, and what became of each step, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.outcome import StepOutcome, StepState
from cluster_doctor.domain.proposal import RehearsedProposal
from cluster_doctor.domain.rehearsal import Rehearsal, RehearsedStep
from cluster_doctor.reports.lines import Line, Tone, wrap
from cluster_doctor.reports.plain import harmless, one_line

MOST_DIFF = 60
"""Lines of a file's diff on a terminal; a page and JSON show all of them."""


def rehearsal_lines(rehearsal: Rehearsal, width: int) -> Iterator[Line]:
    """Lay out what each proposal would change and each step would store, on which cluster, and what the policy says."""
    if rehearsal.proposals:
        yield Line("Rehearsed on the repositories, nothing written", Tone.HEADING)
        for proposal in rehearsal.proposals:
            yield from _proposal(proposal, width)
    if rehearsal.steps or rehearsal.performed:
        yield Line("Rehearsed on the cluster, nothing stored", Tone.HEADING)
    if rehearsal.note:
        yield from wrap(rehearsal.note, width, "  ")
    if rehearsal.identity:
        yield from wrap(identity_line(rehearsal.identity), width, "  ")
    for step in rehearsal.steps:
        yield from _step(step, width)


def identity_line(identity: ClusterIdentity) -> str:
    """Which cluster it was."""
    return "cluster: " + ", ".join(f"{signal.value} {value[:40]}" for signal, value in identity.signals.items())


def step_outcome(outcome: StepOutcome) -> str:
    """What became of one step in the cluster."""
    changed = ", ".join(map(str, outcome.diff))
    because = f": {outcome.note}" if outcome.note else ""
    match outcome.state:
        case StepState.APPLIED:
            return f"Step {outcome.key} is applied: {changed}" if changed else f"Step {outcome.key} is applied"
        case StepState.UNDONE:
            return f"Step {outcome.key} was taken back{because}"
        case StepState.REFUSED:
            return f"Step {outcome.key} was not carried out{because}"
        case StepState.UNKNOWN:
            return f"Nobody can tell whether step {outcome.key} was carried out{because}"


def objections(rehearsed: RehearsedProposal | RehearsedStep) -> Iterator[str]:
    """Why something cannot be approved."""
    if rehearsed.problem:
        yield f"cannot be done: {rehearsed.problem}"
    if not rehearsed.verdict.allowed:
        yield f"not allowed: {'; '.join(rehearsed.verdict.reasons)}"


def place_of(proposal: RehearsedProposal) -> str:
    """Where a proposal is meant for."""
    return f"{proposal.repository}, branch {proposal.base} at {proposal.commit[:12]}" if proposal.base else ""


def _proposal(proposal: RehearsedProposal, width: int) -> Iterator[Line]:
    yield Line(f"  {one_line(f'{proposal.key} {proposal.title}')}", Tone.GOOD if proposal.is_offered else Tone.UNSURE)
    for text in (place_of(proposal), proposal.note):
        if text:
            yield from wrap(text, width, "    ")
    for file in proposal.files:
        lines = file.diff.splitlines()
        yield from (Line(f"      {harmless(line.expandtabs(4))}") for line in lines[:MOST_DIFF])
        if len(lines) > MOST_DIFF:
            yield Line(f"      … and {len(lines) - MOST_DIFF} more lines")
    for objection in objections(proposal):
        yield from wrap(objection, width, "    ")


def _step(step: RehearsedStep, width: int) -> Iterator[Line]:
    yield Line(f"  {one_line(step.label)}", Tone.GOOD if step.is_offered else Tone.UNSURE)
    for edit in step.diff:
        yield from wrap(str(edit), width, "      ")
    for objection in objections(step):
        yield from wrap(objection, width, "    ")
    if step.is_offered and not step.undo_tried:
        yield from wrap("cannot be taken back", width, "    ")
    for warning in step.warnings:
        yield from wrap(f"the server warns: {warning}", width, "    ")
