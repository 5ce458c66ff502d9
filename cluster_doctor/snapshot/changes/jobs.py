"""Runs of Jobs: a migration or a clean-up that began is a change to whatever it works on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from cluster_doctor.domain.change import Change, ChangeKind
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import CronJob, Job, View

MOST_RUNS = 3
"""Runs of one CronJob that are told, the newest."""

_NEVER = datetime.min.replace(tzinfo=UTC)


def job_start(job: View, cluster: ClusterSnapshot) -> Iterator[Change]:
    """When a Job began; of those that a CronJob made the newest ones."""
    if not isinstance(job, Job) or (at := _started(job)) is None:
        return
    by = str(job.controller) if job.controller else ""
    if job.controller:
        runs = cluster.owned_by(job.controller, Job)
        if job.ref not in {run.ref for run in sorted(runs, key=lambda run: _started(run) or _NEVER)[-MOST_RUNS:]}:
            return
    yield Change(
        kind=ChangeKind.JOB,
        subject=job.ref,
        statement="it began" + (f", made by {by}" if by else ""),
        at=at,
        by=by,
        evidence=(job.cite("status.startTime"),),
    )


def last_run(cron_job: View, cluster: ClusterSnapshot) -> Iterator[Change]:
    """When a CronJob last began a run of which no Job is left."""
    if not isinstance(cron_job, CronJob) or cron_job.last_scheduled_at is None:
        return
    if not cluster.owned_by(cron_job.ref, Job):
        yield Change(
            kind=ChangeKind.JOB,
            subject=cron_job.ref,
            statement="it began a run, of which no Job is left",
            at=cron_job.last_scheduled_at,
            evidence=(cron_job.cite("status.lastScheduleTime"),),
        )


def _started(job: Job) -> datetime | None:
    return parse_time(job.mapping("status").get("startTime"))
