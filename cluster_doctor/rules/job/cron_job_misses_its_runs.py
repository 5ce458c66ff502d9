"""A CronJob that its controller has given up."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import CronJob, Event

_REASONS = ("TooManyMissedTimes", "FailedNeedsStart", "UnknownTimeZone", "UnparseableSchedule", "InvalidSchedule")


@rule(Severity.ERROR, subject=CronJob, needs=(Event,), directness=Directness.STATED)
def cron_job_misses_its_runs(cron_job: CronJob, cluster: ClusterSnapshot) -> Matches:
    """The controller says that it cannot tell when to start the CronJob's next run.

    Why it matters:
        After more than 100 missed runs, or with a time zone that it does not know, it starts no Job at all.

    Fires on:
        kind: CronJob
        metadata: {name: nightly}
        spec: {schedule: '*/1 * * * *'}
        ---
        kind: Event
        metadata: {name: e}
        involvedObject: {kind: CronJob, name: nightly}
        reason: TooManyMissedTimes
        type: Warning
        message: 'too many missed start times: 101'
        lastTimestamp: '2026-01-01T11:59:00Z'

    Stays quiet on:
        kind: CronJob
        metadata: {name: nightly}
        spec: {schedule: '*/1 * * * *'}
        status: {lastScheduleTime: '2026-01-01T11:59:30Z'}
        ---
        kind: Event
        metadata: {name: e}
        involvedObject: {kind: CronJob, name: nightly}
        reason: TooManyMissedTimes
        type: Warning
        message: 'too many missed start times: 101'
        lastTimestamp: '2026-01-01T11:59:00Z'

    Remedy:
        Set `spec.startingDeadlineSeconds`, so that only runs within it are counted; see that the clocks of the control
        plane are right; name a time zone of the IANA database.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#job-creation
        https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones
    """
    if cron_job.suspended or cron_job.deleted_at:
        return
    said = [event for event in cluster.events_about(cron_job.ref, *_REASONS) if event.type == "Warning"][:1]
    started = cron_job.last_scheduled_at
    if not said or (started and said[0].last_seen and started > said[0].last_seen):
        return
    effect = Effect(EffectKind.JOB_NOT_RUN, cron_job.ref)
    yield Match(
        message=f"CronJob {cron_job.name} is not started: {said[0].message}",
        evidence=(said[0].cite_message(),),
        effects=(effect,),
        because=(effect,),
        since=said[0].first_seen,
    )
