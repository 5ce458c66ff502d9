"""Reads what somebody saved of a run: the zip of its logs, the log of a job, or what `gh run view --log` printed.

The zip is as strange as whoever sent it, and is read as recordings are: into memory, within bounds, names that lead out
of it refused. GitHub puts a file for each step into a folder for each job, and the whole log of each job beside them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from cluster_doctor.domain.ci import CiJob, CiRun, CiStep
from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.sources.github_actions.log_text import job_of, jobs_of, lines_of
from cluster_doctor.sources.recorded.archive import is_packed, unpack
from cluster_doctor.sources.recorded.contents import Contents, read_file

_STEP = re.compile(r"^(?:.+/)?([^/]+)/(\d+)_([^/]+)\.txt$")
_JOB = re.compile(r"^(?:-?\d+)_([^/]+)\.txt$")
_SYSTEM = "system.txt"
_NO_LOG = "Give the zip of a run's logs, the log of a job, or what `gh run view --log` prints."


def saved_run(content: Path | bytes, place: str) -> CiRun:
    """Read a saved run.

    Args:
        content: the file, or where it is.
        place: what to call it.

    Raises:
        UnreadableInput: it is no log, damaged, hostile or too large.
    """
    raw = content if isinstance(content, bytes) else read_file(content)
    found = unpack(raw, place) if is_packed(raw[:512]) else raw
    if isinstance(found, Contents):
        return CiRun(source=place, jobs=jobs_in(found))
    if b"\x00" in found[:4096]:
        raise UnreadableInput(f"{place} is no log: it is not text", _NO_LOG)
    text = found.decode("utf-8", "replace")
    if not text.strip():
        raise UnreadableInput(f"{place} is empty", _NO_LOG)
    return CiRun(source=place, jobs=jobs_of(text, place))


def jobs_in(contents: Contents) -> tuple[CiJob, ...]:
    """Read the jobs of a run's zip; a job of which GitHub kept no steps is read from its whole log.

    Raises:
        UnreadableInput: it holds no log of a job.
    """
    steps: dict[str, dict[int, tuple[str, str]]] = defaultdict(dict)
    whole: dict[str, str] = {}
    for name in contents.names(frozenset({".txt"})):
        if name.rpartition("/")[2] == _SYSTEM:
            continue
        step, job = _STEP.match(name), _JOB.match(name)
        if step:
            steps[step[1]][int(step[2])] = (step[3], name)
        elif job:
            whole[job[1]] = name
    if not steps and not whole:
        raise UnreadableInput(f"{contents.place} holds no log of a job", _NO_LOG)
    found = [
        CiJob(job, tuple(_step(contents, title, name) for _, (title, name) in sorted(members.items())))
        for job, members in steps.items()
    ]
    found += [job_of(_text(contents, name), job) for job, name in whole.items() if job not in steps]
    return tuple(sorted(found, key=lambda job: job.name))


def _step(contents: Contents, title: str, name: str) -> CiStep:
    return CiStep(title, tuple(lines_of(_text(contents, name))), log=name)


def _text(contents: Contents, name: str) -> str:
    return contents.read(name).decode("utf-8", "replace")
