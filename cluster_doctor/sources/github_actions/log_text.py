"""Reads the text of a job's log: times, GitHub's markers, steps, and the columns that `gh run view --log` adds.

Source: the runner writes `##[group]`, `##[endgroup]`, `##[error]`, `##[command]`, … after the time; before a step runs
it repeats the script in a group that begins with "Run ", in colours. What is repeated there did not happen yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from cluster_doctor.domain.ci import CiJob, CiLine, CiStep
from cluster_doctor.snapshot.times import parse_time

MOST_LINES = 500_000
"""Lines of one log that are read; GitHub cuts long ones itself."""
LONGEST_LINE = 4_000
SET_UP = "Set up job"

_TIME = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) ?")
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07")
_MARKER = re.compile(r"^(?:##\[|\[)(group|endgroup|error|warning|notice|debug|command|section)\](.*)$")
_COMMAND = re.compile(r"^::(group|endgroup|error|warning|notice|debug)(?: [^:]*)?::(.*)$")
_BEGINS = re.compile(r"^(?:Run (.+)|Post job cleanup\.?|Complete job)$")
_COLUMNS = re.compile(r"^([^\t\n]{1,200})\t([^\t\n]{1,200})\t(?:\ufeff)?(\d{4}-\d\d-\d\dT.*)$")
_UNKNOWN_STEP = "UNKNOWN STEP"


def lines_of(text: str) -> Iterator[CiLine]:
    """Read lines: time, marker and what is left, without colours."""
    group = False
    for number, raw in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if number > MOST_LINES:
            return
        at, rest = _timed(raw[:LONGEST_LINE].rstrip("\r"))
        marker, said = _marked(_COLOUR.sub("", rest))
        if marker == "group":
            group = said.startswith("Run ")
        elif marker == "endgroup":
            yield CiLine(number, said, at, marker)
            group = False
            continue
        yield CiLine(number, said, at, marker, echoed=group)


def steps_of(lines: Iterable[CiLine], log: str) -> tuple[CiStep, ...]:
    """Split a job's lines into steps where the runner begins one."""
    found: list[tuple[str, list[CiLine]]] = [(SET_UP, [])]
    for line in lines:
        begins = _BEGINS.match(line.text) if line.marker in {"", "group"} else None
        if begins and (line.marker == "group") is bool(begins[1]):
            found.append((f"Run {begins[1]}" if begins[1] else line.text.rstrip("."), []))
        found[-1][1].append(line)
    return tuple(CiStep(name, tuple(members), log=log) for name, members in found if members)


def job_of(text: str, name: str) -> CiJob:
    """Read the log of one job."""
    return CiJob(name, steps_of(lines_of(text), name))


def jobs_of(text: str, name: str) -> tuple[CiJob, ...]:
    """Read a file: the log of one job, or the columns job, step and line of `gh run view --log`."""
    first = next((line for line in text.split("\n", 50)[:50] if line.strip()), "")
    return tuple(_columns(text, name)) if _COLUMNS.match(first.removeprefix("\ufeff")) else (job_of(text, name),)


def _columns(text: str, name: str) -> Iterator[CiJob]:
    """Take the columns off; a line without them continues the one before."""
    place, places, bare = ("", ""), [], []
    for raw in text.split("\n"):
        found = _COLUMNS.match(raw.removeprefix("\ufeff"))
        place = (found[1], found[2]) if found else place
        places.append(place)
        bare.append(found[3] if found else raw)
    jobs: dict[str, dict[str, list[CiLine]]] = {}
    for line in lines_of("\n".join(bare)):
        job, step = places[line.number - 1]
        jobs.setdefault(job, {}).setdefault(step, []).append(line)
    for title, steps in jobs.items():
        if list(steps) == [_UNKNOWN_STEP]:
            yield CiJob(title, steps_of(steps[_UNKNOWN_STEP], name))
        else:
            yield CiJob(title, tuple(CiStep(step, tuple(lines), log=name) for step, lines in steps.items()))


def _timed(raw: str) -> tuple[datetime | None, str]:
    found = _TIME.match(raw)
    return (parse_time(found[1]), raw[found.end() :]) if found else (None, raw)


def _marked(text: str) -> tuple[str, str]:
    found = _MARKER.match(text) or _COMMAND.match(text)
    return (found[1], found[2]) if found else ("", text)
