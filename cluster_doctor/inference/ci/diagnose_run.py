"""From the logs of a failed run to why it failed.

The last line of a failed step says that it failed. The first line that says why is looked for in what the step itself
printed; what the log repeats of the script, and what GitHub marks as a warning, is left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from cluster_doctor.domain.ci import CiFailure, CiFailureClass, CiJob, CiLine, CiRun, CiStep, Citation
from cluster_doctor.inference.ci.evidence import LONGEST, Telling, place_of, telling_lines
from cluster_doctor.inference.ci.families.all_signs import SIGNS
from cluster_doctor.inference.ci.sign import Weight
from cluster_doctor.snapshot.door import Door

MOST_FAILURES = 50
MOST_MORE = 4
"""Further lines of the same kind that are cited."""

FAILED = frozenset({"failure", "cancelled", "timed_out"})
_ENDING = re.compile(r"^(?:Error: )?(?:Process completed with exit code|The process '.*' failed with exit code)")
_LOUD = re.compile(r"^(?:\S+: )?(?:fatal|error|panic|traceback|exception)\b|[Ee]rror: |: error:", re.IGNORECASE)
_UNSAID = "The lines around this one are the place to begin; nothing that is known by its form says why."


def diagnose_run(run: CiRun) -> tuple[CiFailure, ...]:
    """Find why each failed step of a run failed, at most `MOST_FAILURES` of them."""
    found: list[CiFailure] = []
    for job in run.jobs:
        own: list[CiFailure] = []
        for step in failed_steps(job):
            failure = _failure(job, step)
            if failure and not (step.log == "annotations" and _is_said(failure, own)):
                own.append(failure)
        found += own
    return tuple(found[:MOST_FAILURES])


def failed_steps(job: CiJob) -> Iterator[CiStep]:
    """The steps that failed: by GitHub's conclusion; else by its marks; else those in which anything says so."""
    if any(step.conclusion for step in job.steps):
        yield from (step for step in job.steps if step.conclusion in FAILED and step.lines)
        return
    marked = [step for step in job.steps if any(line.marker == "error" for line in step.lines)]
    if marked:
        yield from marked
        return
    for step in job.steps:
        if any(told.weight > Weight.ENDS for told in telling_lines(step.lines)):
            yield step
            return


def _is_said(failure: CiFailure, others: Iterable[CiFailure]) -> bool:
    """An annotation says again what the log said, unless it says what no log can."""
    known = list(others)
    return bool(known) and (failure.failure is CiFailureClass.UNKNOWN or failure.failure in {f.failure for f in known})


def _failure(job: CiJob, step: CiStep) -> CiFailure | None:
    told = telling_lines(step.lines)
    first = _decisive(told)
    if first is None:
        line = _loudest(step.lines)
        return None if line is None else _unknown(job, step, line)
    alike = [other for other in told if other.failure is first.failure and other.weight is first.weight]
    things = {first.thing} | {other.thing for other in alike}
    more: dict[str, Telling] = {}
    for other in alike:
        if other.at != first.at and other.thing != first.thing:
            more.setdefault(other.thing, other)
    place = place_of(first, step.lines)
    return CiFailure(
        job=job.name,
        step=step.name,
        failure=first.failure,
        thing=_masked(first.thing),
        place=place,
        statement=_masked(_filled(first.sign.means, first)),
        first=_cite(step, first.line),
        more=tuple(_cite(step, other.line) for other in list(more.values())[:MOST_MORE]),
        count=len(things),
        next_step=_masked(_filled(first.sign.next_step, first)),
    )


def _decisive(told: Sequence[Telling]) -> Telling | None:
    """The first line that decides.

    What GitHub says of the step itself goes first, of several the one that says most. Then a test that is named, for a
    test runner's output holds whatever the tests provoke; then the first report of any tool; then that a tool ended.
    """
    by_weight: dict[Weight, list[Telling]] = defaultdict(list)
    for one in told:
        by_weight[one.weight].append(one)
    reports = by_weight[Weight.REPORTS]
    stated = min(by_weight[Weight.DECIDES], key=lambda one: (SIGNS.index(one.sign), one.at), default=None)
    if stated is not None:
        closer = [one for one in reports if one.failure is stated.failure is CiFailureClass.RUNNER]
        return closer[0] if closer else stated
    tests = [one for one in reports if one.failure is CiFailureClass.TEST]
    for group in (tests, reports, by_weight[Weight.ENDS]):
        if group:
            return group[0]
    return None


def _loudest(lines: Sequence[CiLine]) -> CiLine | None:
    """Where nothing is known by its form: the first line that GitHub marks, else that calls itself an error."""
    own = [line for line in lines if line.text.strip() and not line.echoed]
    marked = [line for line in own if line.marker == "error"]
    said = [line for line in marked if not _ENDING.match(line.text)]
    loud = [line for line in own if not line.marker and _LOUD.search(line.text[:LONGEST])]
    return next(iter((*said, *loud, *marked)), None)


def _unknown(job: CiJob, step: CiStep, line: CiLine) -> CiFailure:
    return CiFailure(
        job=job.name,
        step=step.name,
        failure=CiFailureClass.UNKNOWN,
        statement=f"the step failed: {_masked(line.text.strip()[:200])}",
        first=_cite(step, line),
        next_step=_UNSAID,
    )


def _filled(sentence: str, told: Telling) -> str:
    thing = told.thing or "what it names"
    why = told.why or "see the line"
    return sentence.format(thing=thing, why=why, of=f": {told.thing}" if told.thing else "")


def _cite(step: CiStep, line: CiLine) -> Citation:
    return Citation(log=step.log or step.name, line=line.number, text=_masked(line.text.strip()[:LONGEST]))


_DOOR = Door()


def _masked(text: str) -> str:
    """GitHub masks the secrets that it knows; what else looks like a credential is masked here."""
    return _DOOR.mask_text(text)
