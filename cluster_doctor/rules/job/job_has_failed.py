"""A Job that has given up."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.last_words import failing_containers, last_error
from cluster_doctor.rules.job.runs import later_run_succeeded
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Job, Pod, condition_message


@rule(Severity.ERROR, subject=Job, needs=(Pod,), directness=Directness.COMPARED)
def job_has_failed(job: Job, cluster: ClusterSnapshot) -> Matches:
    """The Job's Pods failed more often than it allows.

    Why it matters:
        A failed Job is not tried again; what depends on its work waits.

    Fires on:
        kind: Job
        metadata: {name: load}
        spec: {backoffLimit: 2}
        status:
          failed: 3
          conditions:
          - {type: Failed, status: 'True', reason: BackoffLimitExceeded, message: Job has reached the specified
              backoff limit}

    Stays quiet on:
        {kind: Job, metadata: {name: load}, status: {succeeded: 1, conditions: [{type: Complete, status: 'True'}]}}

    Remedy:
        Find out why its Pods fail, correct it, and create the Job again.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/job/
    """
    condition = job.failed
    if not condition or condition.get("reason") == "DeadlineExceeded" or later_run_succeeded(job, cluster):
        return
    pods = cluster.pods_of(job.ref)
    crash = [Effect(EffectKind.CONTAINER_CRASHING, pod.ref) for pod in pods]
    said = next(
        (
            error
            for pod in pods
            for container in failing_containers(pod, cluster)
            if (error := last_error(pod, container, cluster))
        ),
        None,
    )
    yield Match(
        message=f"Job {job.name} has failed: {condition_message(condition)}"
        + (f"; its Pod logged: {str(said.value)[:200]}" if said else ""),
        evidence=(
            job.cite(f"{job.condition_path('Failed')}.message"),
            job.cite("status.failed"),
            *((said,) if said else ()),
        ),
        effects=(Effect(EffectKind.JOB_FAILED, job.ref),),
        because=(Effect(EffectKind.JOB_FAILED, job.ref), *crash),
        since=parse_time(condition.get("lastTransitionTime")),
    )
