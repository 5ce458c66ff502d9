"""A Job that ran out of time."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Job, Pod


@rule(Severity.ERROR, subject=Job, needs=(Pod,), directness=Directness.STATED)
def job_exceeds_its_deadline(job: Job, cluster: ClusterSnapshot) -> Matches:
    """The Job was ended because it ran longer than activeDeadlineSeconds.

    Why it matters:
        The work is cut off in the middle, and all its Pods are removed.

    Fires on:
        kind: Job
        metadata: {name: load}
        spec: {backoffLimit: 2, activeDeadlineSeconds: 60}
        status:
          failed: 3
          conditions:
          - {type: Failed, status: 'True', reason: DeadlineExceeded, message: Job was active longer than specified
              deadline}

    Stays quiet on:
        {kind: Job, metadata: {name: load}, status: {succeeded: 1, conditions: [{type: Complete, status: 'True'}]}}

    Remedy:
        Raise `activeDeadlineSeconds`, or make the work shorter.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup
    """
    condition = job.failed
    if condition.get("reason") != "DeadlineExceeded":
        return
    yield Match(
        message=f"Job {job.name} was ended after {job.integer('spec', 'activeDeadlineSeconds')} s, its deadline",
        evidence=(job.cite("spec.activeDeadlineSeconds"), job.cite(f"{job.condition_path('Failed')}.message")),
        effects=(Effect(EffectKind.JOB_FAILED, job.ref),),
        because=tuple(Effect(EffectKind.POD_NOT_READY, pod.ref) for pod in cluster.pods_of(job.ref)),
        since=parse_time(condition.get("lastTransitionTime")),
        facts=(("deadline", str(job.integer("spec", "activeDeadlineSeconds"))),),
    )
