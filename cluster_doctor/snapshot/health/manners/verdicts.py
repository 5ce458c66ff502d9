"""Kinds that say how they are doing in a way of their own."""

from __future__ import annotations

from pydantic import JsonValue

from cluster_doctor.snapshot.health.conditions import condition_status
from cluster_doctor.snapshot.health.manner import Reader
from cluster_doctor.snapshot.health.states import status_of
from cluster_doctor.snapshot.health.verdict import Health, HealthStatus, gravest
from cluster_doctor.snapshot.paths import dig, integer, join, mapping, resolve, text
from cluster_doctor.snapshot.views import View

_GLOO = {
    "pending": HealthStatus.SUSPENDED,
    "accepted": HealthStatus.HEALTHY,
    "rejected": HealthStatus.DEGRADED,
    "warning": HealthStatus.DEGRADED,
}
_GLOO_NUMBERS = tuple(_GLOO)
"""The enumeration's numbers, which some versions write in place of its names."""


def gloo(view: View) -> Health | None:
    """Read what each of Gloo's controllers says, in one status or in one for each namespace of a controller."""
    reports = mapping(view.raw, "status", "statuses")
    told = [_gloo_report(report, join("status", "statuses", name)) for name, report in reports.items()]
    told.append(_gloo_report(view.raw.get("status"), "status"))
    return gravest([health for health in told if health])


def _gloo_report(report: JsonValue, path: str) -> Health | None:
    state = dig(report, "state")
    if type(state) is int and 0 <= state < len(_GLOO_NUMBERS):
        state = _GLOO_NUMBERS[state]
    status = _GLOO.get(state.lower()) if isinstance(state, str) else None
    return Health(status, text(report, "reason") or str(state), f"{path}.state") if status else None


def application(view: View) -> Health | None:
    """Read an Argo CD Application: an error it reports outweighs the health of what it deploys."""
    for position, condition in view.objects("status", "conditions"):
        kind = text(condition, "type")
        if kind.endswith("Error"):
            told = f"{kind}: {text(condition, 'message')}"
            return Health(HealthStatus.DEGRADED, told, f"status.conditions[{position}].message")
    failed = view.text("status", "operationState", "phase") in {"Failed", "Error"}
    if failed and view.text("status", "sync", "status") != "Synced":
        path = "status.operationState.message"
        return Health(HealthStatus.DEGRADED, view.text("status", "operationState", "message"), path)
    return None


def oci_repository(view: View) -> Health | None:
    """Know that a HelmRepository of type `oci` is only an address: its controller writes no status."""
    if view.text("spec", "type") != "oci":
        return None
    return Health(HealthStatus.HEALTHY, "it is an address that charts are pulled from", "spec.type")


def enabled(view: View) -> Health | None:
    """Read a switch."""
    on = resolve(view.raw, "spec.enabled")
    if not isinstance(on, bool):
        return None
    return Health(HealthStatus.HEALTHY if on else HealthStatus.SUSPENDED, f"enabled is {on}", "spec.enabled")


def holds(path: str, unless: str = "status.error") -> Reader:
    """Read a kind that is well once a field holds something."""

    def read(view: View) -> Health | None:
        value = resolve(view.raw, path)
        well = value not in (None, "", [], {}) and not resolve(view.raw, unless)
        return Health(HealthStatus.HEALTHY, f"{path} is set", path) if well else None

    return read


def stages(view: View) -> Health | None:
    """Read an operator that walks through stages: the last one is `complete`, each one succeeds or fails."""
    stage, outcome = view.text("status", "stage"), view.text("status", "stageStatus")
    if outcome == "failed":
        return Health(HealthStatus.DEGRADED, view.text("status", "lastMessage") or stage, "status.stageStatus")
    if not stage:
        return None
    done = stage == "complete" and outcome == "success"
    return Health(HealthStatus.HEALTHY if done else HealthStatus.PROGRESSING, stage, "status.stage")


def reaches_desired_state(view: View) -> Health | None:
    """Compare the state with the one that is wanted."""
    now, wanted = view.text("status", "currentState"), view.text("status", "desiredState")
    if not now or not wanted or status_of(now) is HealthStatus.DEGRADED or now == "Crash":
        return None
    same = now == wanted
    return Health(
        HealthStatus.HEALTHY if same else HealthStatus.PROGRESSING, now if same else f"{now} to {wanted}",
        "status.currentState",
    )  # fmt: skip


def shoot(view: View) -> Health | None:
    """Read Gardener's summary of a Shoot, which is a label."""
    word = view.labels.get("shoot.gardener.cloud/status", "")
    status = status_of(word)
    return Health(status, word, join("metadata", "labels", "shoot.gardener.cloud/status")) if status else None


def policy(view: View) -> Health | None:
    """Read whether a policy is complied with; one that is disabled asks for nothing."""
    if view.flag("spec", "disabled"):
        return Health(HealthStatus.HEALTHY, "it is disabled", "spec.disabled")
    seen = view.integer("status", "lastEvaluatedGeneration")
    if 0 < seen < view.integer("metadata", "generation"):
        return Health(
            HealthStatus.PROGRESSING, "its latest change is not evaluated yet", "status.lastEvaluatedGeneration"
        )
    return None


def members_of_binding(view: View) -> Health | None:
    """Read how a propagated object does in each member cluster; what cannot be told there is not held against it."""
    found = []
    for position, member in view.objects("status", "aggregatedStatus"):
        where = f"status.aggregatedStatus[{position}]"
        cluster, health = text(member, "clusterName"), text(member, "health")
        if member.get("applied") is False:
            found.append(Health(HealthStatus.DEGRADED, text(member, "appliedMessage") or cluster, f"{where}.applied"))
        elif health == "Unhealthy":
            found.append(Health(HealthStatus.DEGRADED, f"unhealthy in {cluster}", f"{where}.health"))
        elif member.get("applied"):
            found.append(Health(HealthStatus.HEALTHY, f"applied in {cluster}", f"{where}.health"))
    return gravest(found)


def pending_environments(view: View) -> Health | None:
    """Find an environment that a gate still waits for or that does not pass it."""
    found = []
    for position, environment in view.objects("status", "environments"):
        status = status_of(text(environment, "phase"))
        if status and status is not HealthStatus.HEALTHY:
            told = f"{text(environment, 'branch')} is {text(environment, 'phase')}"
            found.append(Health(status, told, f"status.environments[{position}].phase"))
    return gravest(found) if _is_ready(view) else None


def promotion(view: View) -> Health | None:
    """Find a change that is proposed to an environment and not active there."""
    return _promotion(view.raw.get("status"), "status") if _is_ready(view) else None


def promotions(view: View) -> Health | None:
    """Find the environment that a strategy still promotes a change to; one without any promotes to nowhere."""
    if not _is_ready(view):
        return None
    if not view.objects("status", "environments"):
        return Health(HealthStatus.DEGRADED, "it has no environments", "status.environments")
    found = [_promotion(entry, f"status.environments[{i}]") for i, entry in view.objects("status", "environments")]
    return gravest([health for health in found if health])


def _promotion(environment: JsonValue, path: str) -> Health | None:
    active, proposed = text(environment, "active", "dry", "sha"), text(environment, "proposed", "dry", "sha")
    if not proposed or proposed == active:
        return None
    return Health(HealthStatus.PROGRESSING, f"{proposed} is proposed and not active", f"{path}.proposed.dry.sha")


def _is_ready(view: View) -> bool:
    condition = view.condition("Ready")
    seen = integer(condition, "observedGeneration")
    return condition_status(condition) == "True" and not 0 < seen < view.integer("metadata", "generation")


def grafana_content(view: View) -> Health | None:
    """Read what the Grafana operator writes for dashboards and the like: a hash once it is uploaded."""
    if view.flag("status", "NoMatchingInstances"):
        return Health(HealthStatus.DEGRADED, "no Grafana matches its selector", "status.NoMatchingInstances")
    told = view.text("status", "lastMessage")
    if told and told.lower() != "success":
        return Health(HealthStatus.DEGRADED, told, "status.lastMessage")
    return Health(HealthStatus.HEALTHY, "it is uploaded", "status.hash") if view.text("status", "hash") else None


def upgrade_result(view: View) -> Health | None:
    """Read the label by which Numaplane marks the loser of a progressive upgrade."""
    label = "numaplane.numaproj.io/progressive-result-state"
    if view.labels.get(label) != "failed":
        return None
    return Health(HealthStatus.DEGRADED, "the progressive upgrade failed", join("metadata", "labels", label))
