"""How the runs of a CronJob stand to each other."""

from __future__ import annotations

from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Job


def later_run_succeeded(job: Job, cluster: ClusterSnapshot) -> bool:
    """Tell whether a later Job of the same owner did the work, so that how this one ended is history."""
    owner = job.controller
    return any(
        view.complete and view.created_at > job.created_at
        for view in (cluster.owned_by(owner, Job) if owner else ())
        if view.created_at and job.created_at
    )
