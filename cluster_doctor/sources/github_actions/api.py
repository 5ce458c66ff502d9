"""Reads a run from GitHub's API: what it was, how its steps ended, and the logs of the jobs that failed.

Reads only. The log itself lies at an address of its own that GitHub answers with; no token is sent there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from cluster_doctor.domain.ci import CiJob, CiLine, CiRun, CiStep
from cluster_doctor.domain.errors import SourceError
from cluster_doctor.snapshot.paths import text
from cluster_doctor.sources.github_actions.address import RunAddress, token_for
from cluster_doctor.sources.github_actions.download import download
from cluster_doctor.sources.github_actions.log_text import job_of, lines_of
from cluster_doctor.sources.protocol import Progress

if TYPE_CHECKING:
    from github import Github
    from github.GithubException import GithubException
    from github.WorkflowJob import WorkflowJob
    from github.WorkflowRun import WorkflowRun

MOST_JOBS = 200
MOST_ANNOTATIONS = 50
MOST_LOGS = 20
"""Failed jobs whose logs are read; a matrix fails for one reason, as a rule."""
FAILED = frozenset({"failure", "cancelled", "timed_out", "startup_failure", "action_required"})
_TIMEOUT = 15
_ATTEMPTS = 2
_OVERLAP = timedelta(seconds=1)
"""Times of steps have whole seconds, those of lines have fractions."""


def fetch_run(address: RunAddress, environment: Mapping[str, str], progress: Progress) -> CiRun:
    """Read a run, or one job of it.

    Raises:
        SourceError: it cannot be read; the message says what was asked and what to do.
    """
    import requests  # noqa: PLC0415 - PyGithub speaks through it
    from github import Auth, Github, GithubException, GithubRetry  # noqa: PLC0415 - slow to import

    token = token_for(address, environment)
    github = Github(
        auth=Auth.Token(token) if token else None,
        base_url=address.api,
        timeout=_TIMEOUT,
        retry=GithubRetry(total=_ATTEMPTS, backoff_factor=0.2),
        seconds_between_requests=None,
        lazy=True,
        user_agent="cluster-doctor (read-only)",
    )
    try:
        progress(f"reading {address.repository} from {address.host}")
        return _read(github, address, progress)
    except GithubException as error:
        raise _refused(error, address, has_token=bool(token)) from error
    except requests.RequestException as error:
        raise SourceError(
            f"{address.host} could not be reached: {error}", "Check the address and the network, or save the log."
        ) from error
    finally:
        github.close()


def _read(github: Github, address: RunAddress, progress: Progress) -> CiRun:
    repository = github.get_repo(address.repository)
    number = address.run
    if number is None:
        job = _job_by_number(github, address)
        number = int(job.run_id)
    run = repository.get_workflow_run(number)
    jobs = [job for job, _ in zip(run.jobs(), range(MOST_JOBS), strict=False)]
    wanted = [job for job in jobs if job.id == address.job] if address.job else jobs
    failed = [job for job in wanted if job.conclusion in FAILED]
    notes = []
    if len(failed) > MOST_LOGS:
        notes.append(f"{len(failed) - MOST_LOGS} more failed jobs were not read")
    read = []
    for job in failed[:MOST_LOGS]:
        progress(f"reading the log of job {job.name}")
        found, note = _job(job)
        read.append(found)
        notes += note
    return _told(run, tuple(read), address, tuple(notes))


def _job_by_number(github: Github, address: RunAddress) -> WorkflowJob:
    from github.WorkflowJob import WorkflowJob  # noqa: PLC0415 - as above

    path = f"/repos/{address.repository}/actions/jobs/{address.job}"
    headers, found = github.requester.requestJsonAndCheck("GET", path)
    return WorkflowJob(github.requester, headers, found, completed=True)


def _told(run: WorkflowRun, jobs: tuple[CiJob, ...], address: RunAddress, notes: tuple[str, ...]) -> CiRun:
    if not jobs and run.conclusion == "startup_failure":
        notes = (*notes, "the run never started: GitHub did not accept the workflow file")
    return CiRun(
        source=f"{address.server}/{address.repository}/actions/runs/{run.id}",
        jobs=jobs,
        repository=address.repository,
        workflow=run.name or "",
        number=str(run.id),
        commit=run.head_sha or "",
        branch=run.head_branch or "",
        conclusion=run.conclusion or run.status or "",
        url=run.html_url or "",
        notes=notes,
    )


def _job(job: WorkflowJob) -> tuple[CiJob, list[str]]:
    """Read a job's log and give its lines to the steps that ran when they were written."""
    from github import GithubException  # noqa: PLC0415 - as above

    try:
        log = download(job.logs_url()).decode("utf-8", "replace")
    except (GithubException, KeyError) as error:
        gone = getattr(error, "status", None) in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
        why = "GitHub keeps it no longer, or never had it" if gone else "GitHub did not hand it out"
        return CiJob(job.name, tuple(_annotations(job)), job.conclusion or ""), [f"no log of job {job.name}: {why}"]
    steps = tuple(_by_time(job, tuple(lines_of(log)))) or job_of(log, job.name).steps
    return CiJob(job.name, (*steps, *_annotations(job)), job.conclusion or ""), []


def _annotations(job: WorkflowJob) -> Iterator[CiStep]:
    """What GitHub itself says of a job: that its runner was lost is in no log."""
    from github import GithubException  # noqa: PLC0415 - as above

    try:
        _, found = job.requester.requestJsonAndCheck("GET", f"{job.check_run_url}/annotations")
    except GithubException:
        return
    told = [text(entry, "message") for entry in found[:MOST_ANNOTATIONS] if _is_failure(entry)]
    if told:
        lines = tuple(CiLine(number, message, marker="error") for number, message in enumerate(told, 1))
        yield CiStep("Annotations", lines, "failure", "annotations")


def _is_failure(entry: object) -> bool:
    return isinstance(entry, dict) and entry.get("annotation_level") == "failure"


def _by_time(job: WorkflowJob, lines: tuple[CiLine, ...]) -> Iterator[CiStep]:
    """A failed step gets the lines of its time; without times, nothing is known of steps."""
    for step in job.steps:
        if step.conclusion not in FAILED or step.started_at is None:
            continue
        began, ended = step.started_at, step.completed_at
        own = tuple(line for line in lines if _within(line.at, began, ended))
        if own:
            yield replace(CiStep(step.name, own, step.conclusion or ""), log=job.name)


def _within(at: datetime | None, began: datetime, ended: datetime | None) -> bool:
    return at is not None and began <= at and (ended is None or at <= ended + _OVERLAP)


def _refused(error: GithubException, address: RunAddress, *, has_token: bool) -> SourceError:
    what = f"{address.host} refused run {address.run or address.job} of {address.repository}: {error.status}"
    match error.status:
        case HTTPStatus.NOT_FOUND if not has_token:
            return SourceError(what, "If the repository is private, set GITHUB_TOKEN to a token with actions: read.")
        case HTTPStatus.NOT_FOUND:
            return SourceError(what, "Check the address; the token must have actions: read on that repository.")
        case HTTPStatus.UNAUTHORIZED:
            return SourceError(what, "The token is not valid there. Set GITHUB_TOKEN anew.")
        case HTTPStatus.FORBIDDEN | HTTPStatus.TOO_MANY_REQUESTS:
            return SourceError(what, "Too many requests, or the token lacks actions: read. Save the log instead.")
        case _:
            return SourceError(what, "Try again, or save the log with `gh run view --log`.")
