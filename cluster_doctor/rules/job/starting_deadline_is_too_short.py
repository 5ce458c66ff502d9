"""A CronJob whose deadline passes before its controller looks."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import dig
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import CronJob

ROUND = timedelta(seconds=10)
"""How often the controller looks at a CronJob."""


@rule(Severity.WARNING, subject=CronJob)
def starting_deadline_is_too_short(cron_job: CronJob, cluster: ClusterSnapshot) -> Matches:
    """The CronJob's starting deadline is shorter than the time between two looks of its controller.

    Why it matters:
        The moment to start a Job may pass unseen, so that runs are left out without an error. A deadline below
        zero is refused by the API server.

    Fires on:
        kind: CronJob
        metadata: {name: nightly}
        spec: {schedule: 0 2 * * *, startingDeadlineSeconds: 5}

    Stays quiet on:
        kind: CronJob
        metadata: {name: nightly}
        spec: {schedule: 0 2 * * *, startingDeadlineSeconds: 200}

    Remedy:
        Set `spec.startingDeadlineSeconds` to how late a run is still useful, 10 or more, or leave it out.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#starting-deadline
    """
    deadline = dig(cron_job.raw, "spec", "startingDeadlineSeconds")
    if not isinstance(deadline, int) or deadline >= ROUND.total_seconds() or cron_job.suspended:
        return
    if cron_job.last_scheduled_at and cluster.taken_at - cron_job.last_scheduled_at < timedelta(days=1):
        return  # its runs are seen in time all the same
    yield Match(
        message=f"CronJob {cron_job.name} gives up a run after {deadline} s, and its controller looks every "
        f"{ROUND.seconds} s",
        evidence=(cron_job.cite("spec.startingDeadlineSeconds"),),
        effects=(Effect(EffectKind.JOB_NOT_RUN, cron_job.ref),),
        facts=(("deadline", str(deadline)),),
    )
