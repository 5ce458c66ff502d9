"""Makes past incidents of runs on record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from pydantic import JsonValue, ValidationError

from cluster_doctor.domain.diagnosis import Diagnosis, RootCause
from cluster_doctor.domain.errors import RunError
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.recurrence import Judgement, PastIncident
from cluster_doctor.history.entry import Entry
from cluster_doctor.history.evidence_store import EvidenceStore
from cluster_doctor.history.incident_index import IncidentIndex
from cluster_doctor.history.run_log import RunLog, RunRecord, RunState, StepRecord, StepState
from cluster_doctor.history.store import storable

JUDGEMENT = "judgement"
"""How the step is called in a run's timeline by which a person says something of a cause."""
MOST_RUNS = 500
"""Runs from before there was an index that are added to it, the latest."""
_LONGEST = 1_000
"""Characters that are told of what was reported and of what was wrong; people report whole terminals."""
_MOST_WORDS = 20_000
"""Characters by which an incident can be found."""


def entry_of(  # noqa: PLR0913 - what a run knows of a cause, all but the first three by name
    cause: RootCause,
    run_id: str,
    reported: str,
    *,
    at: datetime,
    snapshot: str,
    cluster: ClusterIdentity | None = None,
    healed_by: str = "",
) -> Entry:
    """Make an entry of a cause that a run named, and of what it saw to heal it."""
    reported = storable(reported)
    told = [
        reported,
        cause.rule,
        cause.statement,
        str(cause.subject),
        *(f"{link.subject} {link.statement}" for link in cause.chain),
        *(f"{symptom.subject} {symptom.statement}" for symptom in cause.explains),
    ]
    return Entry(
        incident=PastIncident(
            run_id=run_id,
            at=at,
            incident=_cut(reported),
            subject=cause.subject,
            rule=cause.rule,
            statement=_cut(cause.statement),
            fingerprint=cause.chain_fingerprint,
            kind_fingerprint=cause.kind_fingerprint,
            cause_fingerprint=cause.fingerprint,
            healed_by=healed_by,
        ),
        snapshot=snapshot,
        episode=episode_of(cause, snapshot),
        cluster=cluster or ClusterIdentity(),
        objects=(cause.subject, *(link.subject for link in cause.chain), *cause.affected),
        words="\n".join(told)[:_MOST_WORDS],
    )


def episode_of(cause: RootCause, snapshot: str) -> str:
    """Name the incident that a cause belongs to: pictures of one beginning are one incident."""
    return cause.since.isoformat() if cause.since else snapshot


def entries_of(log: RunLog, evidence: EvidenceStore, run: RunRecord) -> tuple[Entry, ...]:
    """Make entries of what a run named, from its record alone; A replay has none.

    Snapshots are not opened: when a run began stands in for when its picture was taken.

    Raises:
        RunError: the evidence is lost, or the record cannot be used.
    """
    steps = log.steps(run.run_id)
    diagnosis = _given(steps, "diagnosis")
    if not diagnosis or replayed_by(steps):
        return ()
    judgements = dict(_judgements(steps))
    found = []
    for cause in evidence.get(diagnosis, Diagnosis).root_causes:
        entry = entry_of(cause, run.run_id, run.incident, at=run.began_at, snapshot=_given(steps, "snapshot"))
        judged = entry.incident.model_copy(update={"judgement": judgements.get(cause.fingerprint)})
        found.append(replace(entry, incident=judged))
    return tuple(found)


def add_past_runs(index: IncidentIndex, log: RunLog, evidence: EvidenceStore) -> None:
    """Add the runs that were finished before there was an index. A run whose evidence is lost is left out.

    Raises:
        RunError: the index or the list of runs cannot be used.
    """
    for run in log.runs(MOST_RUNS):
        if run.state is RunState.FINISHED:
            try:
                entries = entries_of(log, evidence, run)
            except RunError:
                continue
            index.add(entries)
    index.complete()


def replayed_by(steps: Sequence[StepRecord]) -> str:
    """Which run a run replays, by its steps; empty if it is a run of its own."""
    return next((str(step.input.get("replays") or "") for step in steps[:1]), "")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _given(steps: Sequence[StepRecord], name: str) -> str:
    """The last hash of a name that a step gave."""
    values = [step.output.get(name) for step in steps if step.state is StepState.DONE]
    return next((value for value in reversed(values) if isinstance(value, str) and value), "")


def _judgements(steps: Sequence[StepRecord]) -> Iterator[tuple[str, Judgement]]:
    for step in steps:
        if step.node == JUDGEMENT:
            judgement = _judgement(step.output.get("judgement"))
            if judgement:
                yield str(step.input.get("cause")), judgement


def _judgement(value: JsonValue) -> Judgement | None:
    try:
        return Judgement.model_validate(value)
    except ValidationError:
        return None
