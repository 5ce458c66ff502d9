"""A CronJob whose time passes without a Job."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import CronJob, Event

REASONS = ("MissSchedule", "TooManyMissedTimes", "FailedNeedsStart", "UnknownTimeZone")
"""What the CronJob controller writes where it makes no Job although the time has come."""

RECENT = timedelta(hours=2)


@rule(Severity.ERROR, subject=CronJob, needs=(Event,), directness=Directness.STATED)
def cron_job_misses_its_starts(cron: CronJob, cluster: ClusterSnapshot) -> Matches:
    """The CronJob controller says that it missed the time to start a Job.

    Why it matters:
        What should run every hour or night does not, and nothing fails: there is no Job to look at.

    Fires on:
        kind: CronJob
        metadata: {name: export}
        spec:
          schedule: '0 * * * *'
          startingDeadlineSeconds: 5
          jobTemplate: {spec: {template: {spec: {containers: [{name: app}]}}}}
        ---
        kind: Event
        metadata: {name: 'e1'}
        involvedObject: {kind: CronJob, name: export, apiVersion: batch/v1}
        reason: MissSchedule
        type: Warning
        message: 'Missed scheduled time to start a job: Thu, 01 Jan 2026 11:00:00 UTC'
        lastTimestamp: '2026-01-01T11:58:00Z'

    Stays quiet on:
        kind: CronJob
        metadata: {name: export}
        spec:
          schedule: '0 * * * *'
          suspend: true
          jobTemplate: {spec: {template: {spec: {containers: [{name: app}]}}}}
        ---
        kind: Event
        metadata: {name: 'e1'}
        involvedObject: {kind: CronJob, name: export, apiVersion: batch/v1}
        reason: MissSchedule
        type: Warning
        message: 'Missed scheduled time to start a job: Thu, 01 Jan 2026 11:00:00 UTC'
        lastTimestamp: '2026-01-01T11:58:00Z'

    Remedy:
        Give `startingDeadlineSeconds` more than ten seconds, which is how often the controller looks; let runs that
        take longer than the interval end, or allow them side by side.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#starting-deadline
    """
    if cron.suspended or cron.deleted_at:
        return
    for event in cluster.events_about(cron.ref, *REASONS):
        seen = event.last_seen
        made_since = seen and cron.last_scheduled_at and cron.last_scheduled_at > seen
        old = seen and cluster.taken_at - seen > RECENT
        if made_since or old:
            continue
        yield Match(
            message=f"CronJob {cron.name} ({cron.schedule!r}) is not started: {event.message[:200]}",
            evidence=(event.cite_message(), cron.cite("spec.startingDeadlineSeconds")),
            blame=cron.ref,
            effects=(Effect(EffectKind.JOB_NOT_RUN, cron.ref),),
            since=event.first_seen,
        )
        return
