"""A Job that has not got through yet."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity, Stage
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Job


@rule(Severity.WARNING, subject=Job, stage=Stage.SYMPTOM)
def job_pods_fail(job: Job, cluster: ClusterSnapshot) -> Matches:
    """Pods of the Job have failed, none has succeeded, and none is at work now.

    Why it matters:
        The Job waits before it tries again, longer each time, and gives up at its backoff limit.

    Fires on:
        kind: Job
        metadata: {name: load}
        spec: {backoffLimit: 6}
        status: {failed: 2}

    Stays quiet on:
        kind: Job
        metadata: {name: load}
        spec: {backoffLimit: 6}
        status: {failed: 2, active: 1, ready: 1}

    Remedy:
        Read the last words of a failed Pod while it is still there.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy
    """
    failures = job.integer("status", "failed")
    if not failures or job.failed or job.complete or job.suspended or job.deleted_at:
        return
    if job.integer("status", "succeeded") or job.ready_replicas:
        return
    if any(pod.ready for pod in cluster.pods_of(job.ref)):
        return
    yield Match(
        message=f"{failures} Pod{'s' if failures > 1 else ''} of Job {job.name} failed, and none works now",
        evidence=(job.cite("status.failed"),),
        effects=(Effect(EffectKind.JOB_FAILED, job.ref),),
        since=job.created_at,
    )
