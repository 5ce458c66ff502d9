"""Runs of Jobs: a migration or a clean-up that began is a change to whatever it works on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

from cluster_doctor.domain.change import Change, ChangeKind
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import CronJob, Job

MOST_RUNS = 3
"""Runs of one CronJob that are told, the newest."""

_NEVER = datetime.min.replace(tzinfo=UTC)


def job_starts(cluster: ClusterSnapshot) -> Iterator[Change]:
    """When Jobs began."""
    runs: dict[ObjectRef, list[Job]] = defaultdict(list)
    for job in cluster.all(Job):
        runs[job.controller or job.ref].append(job)
    for owner, jobs in runs.items():
        for job in sorted(jobs, key=lambda job: _started(job) or _NEVER)[-MOST_RUNS:]:
            by = str(owner) if owner != job.ref else ""
            at = _started(job)
            if at is not None:
                yield Change(
                    kind=ChangeKind.JOB,
                    subject=job.ref,
                    statement="it began" + (f", made by {by}" if by else ""),
                    at=at,
                    by=by,
                    evidence=(job.cite("status.startTime"),),
                )
    for cron_job in cluster.all(CronJob):
        last = cron_job.last_scheduled_at
        if last is not None and cron_job.ref not in runs:
            yield Change(
                kind=ChangeKind.JOB,
                subject=cron_job.ref,
                statement="it began a run, of which no Job is left",
                at=last,
                evidence=(cron_job.cite("status.lastScheduleTime"),),
            )


def _started(job: Job) -> datetime | None:
    return parse_time(job.mapping("status").get("startTime"))
