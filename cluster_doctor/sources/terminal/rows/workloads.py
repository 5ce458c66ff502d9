"""Rows of objects that make Pods."""

from __future__ import annotations

from pydantic import JsonValue

from cluster_doctor.sources.terminal.merge import JsonObject
from cluster_doctor.sources.terminal.moments import Clock
from cluster_doctor.sources.terminal.rows.cells import NONE, condition, containers, fraction, number, pairs, selector
from cluster_doctor.sources.terminal.table import Row


def _spec(row: Row) -> JsonObject:
    spec: JsonObject = {}
    chosen = selector(row.get("SELECTOR", ""))
    if chosen:
        spec["selector"] = chosen
    if row.get("CONTAINERS", "") not in NONE:
        spec["template"] = {"spec": {"containers": containers(row["CONTAINERS"], row.get("IMAGES", ""))}}
    return spec


def deployment(row: Row, _: Clock) -> JsonObject:
    """READY is ready/wanted; older kubectl prints DESIRED and CURRENT."""
    spec, ready = _spec(row), fraction(row.get("READY", ""))
    status: JsonObject = {
        "updatedReplicas": number(row.get("UP-TO-DATE", "")),
        "availableReplicas": number(row.get("AVAILABLE", "")),
    }
    if ready:
        status["readyReplicas"], spec["replicas"] = ready
    elif row.get("DESIRED"):
        spec["replicas"], status["replicas"] = number(row["DESIRED"]), number(row.get("CURRENT", ""))
    return {"spec": spec, "status": status}


def replica_set(row: Row, _: Clock) -> JsonObject:
    """DESIRED, CURRENT and READY are counts."""
    return {
        "spec": {**_spec(row), "replicas": number(row.get("DESIRED", ""))},
        "status": {
            "replicas": number(row.get("CURRENT", "")),
            "readyReplicas": number(row.get("READY", "")),
        },
    }


def stateful_set(row: Row, _: Clock) -> JsonObject:
    """READY is ready/wanted."""
    spec, ready = _spec(row), fraction(row.get("READY", ""))
    status: JsonObject = {}
    if ready:
        status["readyReplicas"], spec["replicas"] = ready
    return {"spec": spec, "status": status}


def daemon_set(row: Row, _: Clock) -> JsonObject:
    """Counts of nodes."""
    spec = _spec(row)
    chosen = row.get("NODE SELECTOR", "")
    if chosen not in NONE:
        template = spec.get("template")
        inner = template["spec"] if isinstance(template, dict) and isinstance(template.get("spec"), dict) else {}
        spec["template"] = {"spec": {**(inner if isinstance(inner, dict) else {}), "nodeSelector": pairs(chosen)}}
    return {
        "spec": spec,
        "status": {
            "desiredNumberScheduled": number(row.get("DESIRED", "")),
            "currentNumberScheduled": number(row.get("CURRENT", "")),
            "numberReady": number(row.get("READY", "")),
            "updatedNumberScheduled": number(row.get("UP-TO-DATE", "")),
            "numberAvailable": number(row.get("AVAILABLE", "")),
        },
    }


def job(row: Row, _: Clock) -> JsonObject:
    """COMPLETIONS is succeeded/wanted; STATUS exists since kubectl 1.30."""
    spec = _spec(row)
    status: JsonObject = {}
    done = fraction(row.get("COMPLETIONS", ""))
    if done:
        status["succeeded"], spec["completions"] = done
    shown = row.get("STATUS", "")
    conditions: list[JsonValue] = []
    if shown in {"Complete", "Failed", "Suspended"}:
        conditions.append(condition(shown, "True"))
    elif not shown and done and done[0] >= done[1]:
        conditions.append(condition("Complete", "True"))
    if conditions:
        status["conditions"] = conditions
    if shown == "Suspended":
        spec["suspend"] = True
    return {"spec": spec, "status": status}


def cron_job(row: Row, clock: Clock) -> JsonObject:
    """LAST SCHEDULE is an age."""
    inner = _spec(row).get("template")
    spec: JsonObject = {"schedule": row.get("SCHEDULE") or None, "suspend": row.get("SUSPEND") == "True"}
    if row.get("TIMEZONE", "") not in NONE:
        spec["timeZone"] = row["TIMEZONE"]
    if inner:
        spec["jobTemplate"] = {"spec": {"template": inner}}
    return {"spec": spec, "status": {"lastScheduleTime": clock.ago(row.get("LAST SCHEDULE", ""))}}


def autoscaler(row: Row, _: Clock) -> JsonObject:
    """REFERENCE is `Kind/name`; TARGETS is for people and is left to `describe`."""
    kind, _slash, name = row.get("REFERENCE", "").partition("/")
    spec: JsonObject = {
        "minReplicas": number(row.get("MINPODS", "")),
        "maxReplicas": number(row.get("MAXPODS", "")),
    }
    if name:
        spec["scaleTargetRef"] = {"kind": kind, "name": name}
    return {"spec": spec, "status": {"currentReplicas": number(row.get("REPLICAS", ""))}}


def disruption_budget(row: Row, _: Clock) -> JsonObject:
    """MIN AVAILABLE and MAX UNAVAILABLE are counts, percentages or `N/A`."""
    spec: JsonObject = {}
    for column, field in (("MIN AVAILABLE", "minAvailable"), ("MAX UNAVAILABLE", "maxUnavailable")):
        cell = row.get(column, "N/A")
        if cell not in NONE and cell != "N/A":
            count = number(cell)
            spec[field] = cell if count is None else count
    return {"spec": spec, "status": {"disruptionsAllowed": number(row.get("ALLOWED DISRUPTIONS", ""))}}
