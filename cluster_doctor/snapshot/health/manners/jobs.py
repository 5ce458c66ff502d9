"""Kinds that start jobs."""

from __future__ import annotations

from cluster_doctor.snapshot.health.verdict import Health, HealthStatus
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import View


def cron_job(view: View) -> Health | None:
    """Compare when a CronJob last ran with when it last succeeded; one that never ran has nothing to tell."""
    if view.objects("status", "active"):
        return Health(HealthStatus.PROGRESSING, "a job of it runs", "status.active")
    ran = parse_time(view.mapping("status").get("lastScheduleTime"))
    succeeded = parse_time(view.mapping("status").get("lastSuccessfulTime"))
    if ran and (succeeded is None or succeeded < ran):
        return Health(HealthStatus.DEGRADED, "its last run did not succeed", "status.lastSuccessfulTime")
    return Health(HealthStatus.HEALTHY, "its last run succeeded", "status.lastSuccessfulTime") if succeeded else None


_JOB = {
    "RUNNING": HealthStatus.HEALTHY,
    "FINISHED": HealthStatus.HEALTHY,
    "SUSPENDED": HealthStatus.HEALTHY,
    "FAILED": HealthStatus.DEGRADED,
    "FAILING": HealthStatus.DEGRADED,
}
_MANAGER = {
    "ERROR": HealthStatus.DEGRADED,
    "DEPLOYING": HealthStatus.PROGRESSING,
    "DEPLOYED_NOT_READY": HealthStatus.PROGRESSING,
}


def flink(view: View) -> Health | None:
    """Read a Flink deployment: its manager's word first, then that of its job, which may be suspended by wish."""
    manager = view.text("status", "jobManagerDeploymentStatus")
    error = view.text("status", "reconciliationStatus", "error") or view.text("status", "error")
    if error:
        return Health(HealthStatus.DEGRADED, error, "status.reconciliationStatus.error")
    if manager in _MANAGER:
        return Health(_MANAGER[manager], manager, "status.jobManagerDeploymentStatus")
    state = view.text("status", "jobStatus", "state")
    if state == "SUSPENDED" and view.text("spec", "job", "state") != "suspended":
        return Health(HealthStatus.PROGRESSING, "the job is suspended and shall run", "status.jobStatus.state")
    if state:
        return Health(_JOB.get(state, HealthStatus.PROGRESSING), state, "status.jobStatus.state")
    return Health(HealthStatus.HEALTHY, manager, "status.jobManagerDeploymentStatus") if manager == "READY" else None


def spark(view: View) -> Health | None:
    """Count the executors of a running application, unless Spark itself decides how many there are."""
    path = "status.applicationState.state"
    if view.text("status", "applicationState", "state") != "RUNNING":
        return None
    wanted = view.integer("spec", "executor", "instances")
    settings = view.strings("spec", "sparkConf")
    dynamic = view.flag("spec", "dynamicAllocation", "enabled")
    if dynamic or settings.get("spark.dynamicAllocation.enabled") == "true":
        low = settings.get("spark.dynamicAllocation.minExecutors", "")
        wanted = view.integer("spec", "dynamicAllocation", "minExecutors", default=int(low) if low.isdecimal() else 0)
    running = sum(state == "RUNNING" for state in view.mapping("status", "executorState").values())
    if running < wanted:
        return Health(HealthStatus.PROGRESSING, f"{running} of {wanted} executors run", "status.executorState")
    return Health(HealthStatus.HEALTHY, f"{running} executors run", path)


def advanced_cron_job(view: View) -> Health | None:
    """Read Kruise's CronJob, which notes when it ran and not how that ended."""
    if view.objects("status", "active"):
        return Health(HealthStatus.PROGRESSING, "a job of it runs", "status.active")
    return None
