"""Argo Rollouts' Rollout, which stops between steps as planned.

References:
    https://argo-rollouts.readthedocs.io/en/stable/features/specification/
    https://github.com/argoproj/argo-rollouts/blob/master/utils/rollout/rolloututil.go
"""

from __future__ import annotations

from cluster_doctor.snapshot.health.conditions import condition_status
from cluster_doctor.snapshot.health.verdict import Health, HealthStatus
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.views import View

_FAILED = frozenset({"ProgressDeadlineExceeded", "RolloutAborted"})
_PHASES = {
    "Healthy": HealthStatus.HEALTHY,
    "Degraded": HealthStatus.DEGRADED,
    "Progressing": HealthStatus.PROGRESSING,
    "Paused": HealthStatus.SUSPENDED,
}
_PAUSED = frozenset({"RolloutPaused", "DeploymentPaused"})


def rollout(view: View) -> Health | None:
    """Read a Rollout: what failed or was paused, then whether all replicas are of the new revision and available."""
    if not view.mapping("status"):
        return None
    if view.text("status", "phase") in _PHASES:
        told = view.text("status", "message") or view.text("status", "phase")
        return Health(_PHASES[view.text("status", "phase")], told, "status.phase")
    return (
        _ended(view) or _underway(view) or Health(HealthStatus.HEALTHY, "it runs the new revision", "status.replicas")
    )


def _ended(view: View) -> Health | None:
    for kind in ("InvalidSpec", "Progressing"):
        condition, path = view.condition(kind), view.condition_path(kind)
        reason, told = text(condition, "reason"), text(condition, "message")
        if (kind == "InvalidSpec" and condition_status(condition) == "True") or reason in _FAILED:
            return Health(HealthStatus.DEGRADED, told or reason, path)
    if view.flag("status", "abort"):
        return Health(HealthStatus.DEGRADED, "it was aborted", "status.abort")
    if text(view.condition("Progressing"), "reason") in _PAUSED or view.objects("status", "pauseConditions"):
        return Health(HealthStatus.SUSPENDED, "it is paused", view.condition_path("Progressing"))
    return None


def _underway(view: View) -> Health | None:
    wanted = view.integer("spec", "replicas", default=1)
    counts = {name: view.integer("status", name) for name in ("replicas", "updatedReplicas", "availableReplicas")}
    seen = view.text("status", "workloadObservedGeneration")
    asked = view.annotations.get("rollout.argoproj.io/workload-generation", "")
    if seen.isdecimal() and asked.isdecimal() and int(seen) < int(asked):
        return _going_on("the workload's latest change is not observed yet", "status.workloadObservedGeneration")
    if counts["updatedReplicas"] < wanted:
        return _going_on(f"{counts['updatedReplicas']} of {wanted} replicas are new", "status.updatedReplicas")
    if view.mapping("spec", "strategy", "blueGreen"):
        active = view.text("status", "blueGreen", "activeSelector")
        if active and active != view.text("status", "currentPodHash"):
            return _going_on("the active Service leads to the old revision", "status.blueGreen.activeSelector")
    else:
        stable = view.text("status", "stableRS") or view.text("status", "canary", "stableRS")
        if counts["replicas"] > counts["updatedReplicas"]:
            return _going_on("replicas of the old revision are still there", "status.replicas")
        if stable and stable != view.text("status", "currentPodHash"):
            return _going_on("the new revision is not the stable one yet", "status.stableRS")
    if counts["availableReplicas"] < counts["updatedReplicas"]:
        return _going_on("new replicas are not available yet", "status.availableReplicas")
    return None


def _going_on(told: str, path: str) -> Health:
    return Health(HealthStatus.PROGRESSING, told, path)
