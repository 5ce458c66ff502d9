"""Past incidents that a search found, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.recurrence import PastIncidentList
from cluster_doctor.reports import wording
from cluster_doctor.reports.lines import Line, Tone, wrap
from cluster_doctor.reports.plain import plain_json


def search_json(found: PastIncidentList) -> str:
    """Write past incidents as JSON; `docs/search.schema.json` describes it."""
    return plain_json(found.model_dump(mode="json"))


def search_lines(found: PastIncidentList, width: int = 80) -> Iterator[Line]:
    """Write past incidents line by line, each with its run, its fingerprint and what a person said of it."""
    for past in found.incidents:
        head = f"{past.run_id}  {wording.moment(past.at)}  {past.rule}  ({wording.judged(past)})"
        yield Line(head, Tone.HEADING)
        yield from wrap(f"{past.subject}: {past.statement}", width, "  ")
        if past.judgement:
            yield from wrap(wording.judgement(past), width, "  - ")
        yield Line(f"  fingerprint {past.fingerprint or past.cause_fingerprint}")
    if found.more:
        yield Line("… and more; narrow the search, or raise --limit", Tone.UNSURE)
