"""A CronJob whose runs are left out because an earlier one does not end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import CronJob, Event, Job

OFTEN = 3
"""Starts that were left out: one or two are what the policy is for."""

RECENT = timedelta(hours=2)


@rule(Severity.WARNING, subject=CronJob, needs=(Job, Event), directness=Directness.STATED)
def earlier_run_blocks_cron_job(cron: CronJob, cluster: ClusterSnapshot) -> Matches:
    """The CronJob forbids runs side by side, and one that does not end keeps all later ones from starting.

    Why it matters:
        Nothing fails and nothing is restarted: the work is simply not done any more, until somebody misses it.

    Fires on:
        kind: CronJob
        metadata: {name: export}
        spec:
          schedule: '*/10 * * * *'
          concurrencyPolicy: Forbid
          jobTemplate: {spec: {template: {spec: {containers: [{name: app}]}}}}
        status: {lastScheduleTime: '2026-01-01T06:00:00Z'}
        ---
        kind: Job
        metadata:
          name: export-29453640
          creationTimestamp: '2026-01-01T06:00:00Z'
          ownerReferences: [{apiVersion: batch/v1, kind: CronJob, name: export, controller: true}]
        spec: {template: {spec: {containers: [{name: app}]}}}
        status: {active: 1, startTime: '2026-01-01T06:00:00Z'}
        ---
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: CronJob, name: export, apiVersion: batch/v1}
        reason: JobAlreadyActive
        type: Normal
        count: 35
        message: Not starting job because prior execution is running and concurrency policy is Forbid
        lastTimestamp: '2026-01-01T11:50:00Z'

    Stays quiet on:
        kind: CronJob
        metadata: {name: export}
        spec:
          schedule: '*/10 * * * *'
          concurrencyPolicy: Forbid
          jobTemplate: {spec: {template: {spec: {containers: [{name: app}]}}}}
        ---
        kind: Job
        metadata:
          name: export-29453995
          creationTimestamp: '2026-01-01T11:55:00Z'
          ownerReferences: [{apiVersion: batch/v1, kind: CronJob, name: export, controller: true}]
        spec: {template: {spec: {containers: [{name: app}]}}}
        status: {active: 1, startTime: '2026-01-01T11:55:00Z'}

    Remedy:
        Find out what the run waits for, delete its Job, and bound later ones with
        `spec.jobTemplate.spec.activeDeadlineSeconds`.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#concurrency-policy
        https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup
    """
    if cron.suspended or cron.deleted_at or cron.text("spec", "concurrencyPolicy") != "Forbid":
        return
    running = next(_running(cron, cluster), None)
    if running is None:
        return
    for event in cluster.events_about(cron.ref, "JobAlreadyActive"):
        seen = event.last_seen
        if event.count < OFTEN or (seen and cluster.taken_at - seen > RECENT):
            continue
        bound = running.integer("spec", "activeDeadlineSeconds")
        since = f" since {running.created_at:%Y-%m-%d %H:%M} UTC" if running.created_at else ""
        yield Match(
            message=f"Job {running.name} of CronJob {cron.name} runs{since}"
            + (f" with a deadline of {bound} s" if bound else " without a deadline")
            + f"; {event.count} starts were left out, because concurrencyPolicy is Forbid",
            evidence=(running.cite("status.active"), event.cite_message(), cron.cite("spec.concurrencyPolicy")),
            blame=cron.ref,
            effects=(Effect(EffectKind.JOB_NOT_RUN, cron.ref),),
            because=(Effect(EffectKind.JOB_NOT_RUN, cron.ref), Effect(EffectKind.JOB_FAILED, running.ref)),
            since=running.created_at,
            facts=(("job", running.name),),
        )
        return


def _running(cron: CronJob, cluster: ClusterSnapshot) -> Iterator[Job]:
    """Jobs of a CronJob that have not ended, the oldest first."""
    jobs = cluster.owned_by(cron.ref, Job)
    for job in sorted(jobs, key=lambda one: (str(one.created_at), one.name)):
        if not job.complete and not job.failed and not job.suspended:
            yield job
