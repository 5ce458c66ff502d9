"""A CronJob whose schedule nobody understands."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.job.schedule import schedule_problem
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import CronJob


@rule(Severity.ERROR, subject=CronJob)
def cron_schedule_is_invalid(cron_job: CronJob, cluster: ClusterSnapshot) -> Matches:
    """The CronJob's schedule is no cron expression.

    Why it matters:
        The controller skips the CronJob without a word to its owner.

    Fires on:
        kind: CronJob
        metadata: {name: nightly, creationTimestamp: '2025-11-01T00:00:00Z'}
        spec: {schedule: 0 25 * * *}

    Stays quiet on:
        kind: CronJob
        metadata: {name: nightly, creationTimestamp: '2025-11-01T00:00:00Z'}
        spec: {schedule: 0 2 * * *}

    Remedy:
        Write five fields: minute, hour, day of month, month, day of week.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
    """
    problem = schedule_problem(cron_job.schedule)
    if not problem or cron_job.suspended:
        return
    yield Match(
        message=f"CronJob {cron_job.name} has schedule {cron_job.schedule!r}: {problem}",
        evidence=(cron_job.cite("spec.schedule"),),
        effects=(Effect(EffectKind.JOB_NOT_RUN, cron_job.ref),),
        facts=(("schedule", cron_job.schedule),),
    )
