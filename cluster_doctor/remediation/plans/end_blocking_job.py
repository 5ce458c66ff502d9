"""End a run that keeps a CronJob from starting others."""

from __future__ import annotations

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType, Verb
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.wording import kubectl
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Job


@repairs("earlier_run_blocks_cron_job", by=StepType.DELETE_JOB)
def end_blocking_job(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Delete the Job of the run that does not end."""
    job = cluster.get(Job, cause.subject.namespace, cause.facts.get("job", ""))
    if job is None:
        return None
    return Change(
        title=f"Delete {job.ref}",
        target=job.ref,
        instruction="Find out what the run waits for, then delete its Job with its Pods; later runs need "
        "activeDeadlineSeconds.",
        precondition=f"{job.ref} still runs, and what it did so far may be left as it is",
        type=StepType.DELETE_JOB,
        verb=Verb.DELETE,
        command=kubectl("delete", job.ref),
        undo=f"Nothing brings the run back; start one with `kubectl create job --from=cronjob/{cause.subject.name}`.",
        check=f"{kubectl('get', cause.subject)} shows a later start",
        risk=Risk.MEDIUM,
    )
