"""Stop a CronJob that undoes what others repair."""

from __future__ import annotations

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.wording import kubectl
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import CronJob


@repairs("cron_job_changes_workload", by=StepType.SUSPEND_CRON_JOB)
def suspend_cron_job(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Suspend the CronJob; what it is to set only a person knows."""
    cron = cluster.get(CronJob, cause.subject.namespace, cause.subject.name)
    if cron is None or cron.suspended:
        return None
    return Change(
        title=f"Suspend {cron.ref}",
        target=cron.ref,
        instruction=f"Let the CronJob start no more runs, then repair {cause.facts.get('workload', 'the workload')}; "
        "correct what it sets before it runs again.",
        precondition="nothing else that it does is needed until then",
        type=StepType.SUSPEND_CRON_JOB,
        edits=(edit_of(cron.raw, ("spec", "suspend"), True),),  # noqa: FBT003 - the field's value
        check=f"{kubectl('get', cron.ref)} shows SUSPEND True",
        risk=Risk.LOW,
    )
