"""What changed, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.change import ChangeList
from cluster_doctor.reports import wording
from cluster_doctor.reports.lines import Line, Tone, wrap
from cluster_doctor.reports.plain import plain_json
from cluster_doctor.reports.text import fields_changed


def changes_json(found: ChangeList) -> str:
    """Write changes as JSON; `docs/changes.schema.json` describes it."""
    return plain_json(found.model_dump(mode="json"))


def changes_lines(found: ChangeList, width: int = 80) -> Iterator[Line]:
    """Write changes line by line, the newest first."""
    where = f"from {found.source}, as of {wording.moment(found.taken_at)}"
    if found.changes:
        yield Line(f"What changed since {wording.moment(found.since)}", Tone.HEADING)
    else:
        yield from wrap(f"No change since {wording.moment(found.since)} has left a trace in what was read", width)
    for change in found.changes:
        told = f"{wording.dated(change)}  {change.kind.value}  {change.subject}: {change.statement}{wording.by(change)}"
        yield from wrap(told, width)
        yield from fields_changed(change, width, "    ")
    if found.left_out:
        yield Line(f"… and {found.left_out} older ones; narrow it with -n or --since", Tone.UNSURE)
    if found.gaps:
        yield Line("")
        yield Line("What could not be seen", Tone.HEADING)
        for gap in found.gaps:
            yield from wrap(str(gap), width, "  - ", Tone.UNSURE)
    yield Line("")
    yield from wrap(f"A change is a trace, not a cause. {where[:1].upper()}{where[1:]}", width)
