"""Tools that look up what is known from before."""

from __future__ import annotations

from collections.abc import Iterable

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.recollection import Memory, Recollection
from cluster_doctor.domain.trace_spans import traced_tool


@traced_tool
def recall(memory: Memory, causes: Iterable[RootCause]) -> Recollection:
    """Look up each cause among earlier incidents and in the runbooks."""
    listed = tuple(causes)
    recurrences = {cause.fingerprint: memory.recurrences(cause) for cause in listed}
    runbooks = {cause.fingerprint: memory.runbooks(cause) for cause in listed}
    return Recollection(
        recurrences={key: found for key, found in recurrences.items() if found},
        runbooks={key: found for key, found in runbooks.items() if found},
        notes=memory.notes,
    )
