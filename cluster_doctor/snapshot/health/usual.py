"""Reads an object's health by the API conventions, and by a manner where its kind has one.

References:
    https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties
    https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
"""

from __future__ import annotations

from pydantic import JsonValue

from cluster_doctor.snapshot.health.conditions import read_conditions
from cluster_doctor.snapshot.health.manner import Manner
from cluster_doctor.snapshot.health.states import runs_to_an_end, status_of
from cluster_doctor.snapshot.health.verdict import Health, HealthStatus, gravest
from cluster_doctor.snapshot.paths import dig, integer, join, objects, resolve, text
from cluster_doctor.snapshot.views import View

_RESTS = (
    "spec.suspend",
    "spec.suspended",
    "spec.paused",
    "spec.pause",
    "spec.updateStrategy.paused",
    "spec.updateStrategy.rollingUpdate.paused",
)
_RESTING_NOTES = frozenset(
    {"hibernation", "pause", "pause-reconciliation", "paused", "reconcile-paused", "stop", "stopped", "suspend",
     "suspended"}
)  # fmt: skip
_YES = frozenset({"true", "yes", "on", "1"})
_ERRORS = ("status.failureMessage", "status.failureReason", "status.errorMessage", "status.error")
_NOTHING = ("none", "None", "null", "N/A", "n/a", "no error")
_HOLDERS = ("parents", "ancestors", "listeners", "ingress")
"""Lists in a status whose members carry conditions of their own."""
_COUNTS = (
    "updatedReplicas",
    "readyReplicas",
    "availableReplicas",
    "updatedReadyReplicas",
    "updatedNumberScheduled",
    "numberReady",
    "numberAvailable",
)
_STATE_ENDINGS = ("phase", "state", "status", "health", "stage", "result")
_NOT_NOW = ("desired", "expected", "initial", "last", "old", "previous", "target")
_READY_FLAGS = ("status.ready", "status.readyToUse")


def read(view: View, manner: Manner) -> Health:
    """Read an object's health."""
    resting = _at_rest(view, manner)
    if resting:
        return resting
    if 0 < view.integer("status", "observedGeneration") < view.integer("metadata", "generation"):
        return Health(HealthStatus.PROGRESSING, "the latest change is not observed yet", "status.observedGeneration")
    told = manner.reader(view) if manner.reader else None
    if told:
        return _deleting() if view.deleted_at and told.status is not HealthStatus.DEGRADED else told
    if not view.mapping("status"):
        return _without_status(view, manner)
    found, stale = _conditions(view, manner)
    states = _states(view, manner)
    if runs_to_an_end(view.ref.kind) and any(state.status is HealthStatus.HEALTHY for state in states):
        found = [health for health in found if health.status is not HealthStatus.PROGRESSING]
    found += states + _errors(view, manner)
    found = found or _replicas(view) or _other_states(view, manner)
    verdict = gravest(found)
    if view.deleted_at and (verdict is None or verdict.status is not HealthStatus.DEGRADED):
        return _deleting()
    if verdict and verdict.status in {HealthStatus.SUSPENDED, HealthStatus.DEGRADED}:
        return verdict
    if stale:
        return Health(HealthStatus.PROGRESSING, "the latest change is not observed yet", "status.conditions")
    if manner.awaits and not view.condition(manner.awaits):
        return Health(HealthStatus.PROGRESSING, f"there is no condition {manner.awaits} yet", "status.conditions")
    return verdict or _silent(view, manner)


def _deleting() -> Health:
    return Health(HealthStatus.PROGRESSING, "it is being deleted", "metadata.deletionTimestamp")


def _without_status(view: View, manner: Manner) -> Health:
    if view.deleted_at:
        return _deleting()
    status = manner.untold or manner.unsaid or HealthStatus.PROGRESSING
    return Health(status, "its controller has not written a status")


def _silent(view: View, manner: Manner) -> Health:
    usual = HealthStatus.PROGRESSING if "conditions" in view.mapping("status") else HealthStatus.UNKNOWN
    return Health(manner.unsaid or usual, "its status does not say how it is doing")


def _at_rest(view: View, manner: Manner) -> Health | None:
    for path in (*_RESTS, *manner.rests):
        value = resolve(view.raw, path)
        if value is True or (isinstance(value, str) and value.lower() in _YES):
            return Health(HealthStatus.SUSPENDED, f"{path} is {str(value).lower()}", path)
    for key, value in view.annotations.items():
        if key.rpartition("/")[2].lower() in _RESTING_NOTES and value.lower() in _YES:
            path = join("metadata", "annotations", key)
            return Health(HealthStatus.SUSPENDED, f"annotation {key} is {value}", path)
    return None


def _conditions(view: View, manner: Manner) -> tuple[list[Health], bool]:
    generation = view.integer("metadata", "generation")
    found, stale = read_conditions(
        view.objects("status", "conditions"), "status.conditions", generation, manner.conditions
    )
    for holder in _HOLDERS:
        for position, member in view.objects("status", holder):
            where = f"status.{holder}[{position}].conditions"
            more, older = read_conditions(objects(member, "conditions"), where, generation, manner.conditions)
            found += more
            stale = stale or older
    return found, stale


def _states(view: View, manner: Manner) -> list[Health]:
    found = []
    ends = runs_to_an_end(view.ref.kind)
    for path in manner.states:
        value = resolve(view.raw, path)
        word = value if isinstance(value, str) else str(value) if type(value) is int else ""
        status = _meaning(word, manner) or status_of(word, ends=ends)
        if status:
            found.append(Health(status, _said(view, path, word), path))
    for path in _READY_FLAGS:
        value = resolve(view.raw, path)
        if value is True or value is False:
            found.append(
                Health(HealthStatus.HEALTHY if value else HealthStatus.PROGRESSING, f"{path} is {value}", path)
            )
    return found


def _other_states(view: View, manner: Manner) -> list[Health]:
    """Read fields whose name ends like that of a state, where the usual ones are not there."""
    found = []
    ends = runs_to_an_end(view.ref.kind)
    for field, value in view.mapping("status").items():
        if not field.lower().endswith(_STATE_ENDINGS) or field.startswith(_NOT_NOW):
            continue
        inner = next((name for name in ("state", "status", "phase", "result") if text(value, name)), "")
        word = text(value, inner) if inner else value if isinstance(value, str) else ""
        status = _meaning(word, manner) or status_of(word, ends=ends)
        if status:
            found.append(Health(status, word, join("status", field, *([inner] if inner else []))))
    return found


def _meaning(word: str, manner: Manner) -> HealthStatus | None:
    fitting = [start for start in manner.words if word.lower().startswith(start.lower())]
    return manner.words[max(fitting, key=len)] if fitting else None


def _said(view: View, path: str, word: str) -> str:
    """The word, with the message that stands beside it."""
    *above, _ = path.split(".")
    beside = dig(view.raw, *above, "message") or dig(view.raw, *above, "reason")
    return f"{word}: {beside}" if isinstance(beside, str) and beside else word


def _errors(view: View, manner: Manner) -> list[Health]:
    found = []
    for path in (*_ERRORS, *manner.errors):
        value = resolve(view.raw, path)
        if value and not isinstance(value, bool | int) and value not in _NOTHING:
            found.append(Health(HealthStatus.DEGRADED, _error_text(value), path))
    return found


def _error_text(value: JsonValue) -> str:
    told = dig(value, "message") if isinstance(value, dict) else value
    return told if isinstance(told, str) else str(value)


def _replicas(view: View) -> list[Health]:
    """Compare counts of replicas, where nothing else tells."""
    status = view.mapping("status")
    wanted = integer(status, "desiredNumberScheduled", default=integer(status, "replicas", default=-1))
    wanted = view.integer("spec", "replicas", default=wanted)
    counts = [name for name in _COUNTS if name in status]
    if wanted < 0 or not counts:
        return []
    for name in counts:
        if view.integer("status", name) < wanted:
            told = f"{name} is {view.integer('status', name)} of {wanted}"
            return [Health(HealthStatus.PROGRESSING, told, f"status.{name}")]
    return [Health(HealthStatus.HEALTHY, f"all {wanted} replicas are there", f"status.{counts[-1]}")]
