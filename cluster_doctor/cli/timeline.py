"""A run's timeline as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from cluster_doctor.history.run_log import RunRecord, StepRecord, StepState
from cluster_doctor.reports.plain import one_line

_LONGEST = 160
_GIVEN = frozenset({"run_id", "incident", "place", "runbooks", "rules", "replays"})
"""What every node gets alike; it is shown once."""


def timeline(run: RunRecord, steps: Sequence[StepRecord], evidence: str) -> str:
    """Write who did what and when, with what each node got and gave."""
    return "".join(f"{line}\n" for line in _lines(run, steps, evidence))


def _lines(run: RunRecord, steps: Sequence[StepRecord], evidence: str) -> Iterator[str]:
    yield one_line(f"Run {run.run_id}: {run.state.value}")
    yield one_line(f"Incident: {run.incident or '(everything)'}")
    yield one_line(f"Read: {run.origin}")
    yield f"Began: {run.began_at:%Y-%m-%d %H:%M:%S} UTC"
    yield f"Evidence: {evidence}"
    yield ""
    for step in steps:
        yield f"{step.began_at:%H:%M:%S.%f}"[:-3] + f"  {step.node:10} {_duration(step):>9}  {_state(step)}"
        first = step is steps[0]
        yield from _fields("got ", {name: value for name, value in step.input.items() if first or name not in _GIVEN})
        yield from _fields("gave", step.output)
    yield ""


def _duration(step: StepRecord) -> str:
    if step.ended_at is None:
        return "-"
    return f"{(step.ended_at - step.began_at).total_seconds() * 1000:.0f} ms"


def _state(step: StepRecord) -> str:
    return "killed" if step.state is StepState.STARTED else step.state.value


def _fields(word: str, values: dict[str, JsonValue]) -> Iterator[str]:
    for name, value in values.items():
        if value not in ("", None):
            shown = one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
            cut = shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
            yield f"      {word} {name} = {cut}"
