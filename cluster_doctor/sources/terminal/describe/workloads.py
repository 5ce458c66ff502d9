"""`kubectl describe` of objects that make Pods."""

from __future__ import annotations

import re

from pydantic import JsonValue

from cluster_doctor.sources.terminal.describe.pods import read_conditions, read_template
from cluster_doctor.sources.terminal.merge import JsonObject
from cluster_doctor.sources.terminal.moments import Clock, date, parse_age
from cluster_doctor.sources.terminal.outline import Entry
from cluster_doctor.sources.terminal.rows.cells import number, pairs, selector

_SHARES = re.compile(r"(\S+) max unavailable, (\S+) max surge")


def _count(text: str | None, word: str) -> int | None:
    match = re.search(rf"(?<!\S)(\d{{1,9}}) {word}(?!\S)", text or "")
    return int(match[1]) if match else None


def _base(outline: Entry) -> JsonObject:
    spec: JsonObject = {"template": read_template(outline.find("Pod Template"))}
    chosen = selector(outline.get("Selector") or "")
    if chosen:
        spec["selector"] = chosen
    return spec


def described_deployment(outline: Entry, _: Clock) -> JsonObject:
    """Read a Deployment. Ready replicas are not printed."""
    spec = _base(outline)
    counts = outline.get("Replicas")
    spec["replicas"] = _count(counts, "desired")
    spec["minReadySeconds"] = number(outline.get("MinReadySeconds") or "")
    strategy: JsonObject = {"type": outline.get("StrategyType")}
    shares = _SHARES.fullmatch(outline.get("RollingUpdateStrategy") or "")
    if shares:
        strategy["rollingUpdate"] = {
            field: value if (whole := number(value)) is None else whole
            for field, value in zip(("maxUnavailable", "maxSurge"), shares.groups(), strict=True)
        }
    spec["strategy"] = strategy
    status: JsonObject = {
        "replicas": _count(counts, "total"),
        "updatedReplicas": _count(counts, "updated"),
        "availableReplicas": _count(counts, "available"),
        "unavailableReplicas": _count(counts, "unavailable"),
        "conditions": read_conditions(outline.find("Conditions")),
    }
    return {"spec": spec, "status": status}


def described_replica_set(outline: Entry, _: Clock) -> JsonObject:
    """Read a ReplicaSet or a ReplicationController."""
    spec = _base(outline)
    counts = outline.get("Replicas")
    spec["replicas"] = _count(counts, "desired")
    status: JsonObject = {"replicas": _count(counts, "current")}
    conditions = outline.find("Conditions")
    if conditions:
        status["conditions"] = read_conditions(conditions)
    return {"spec": spec, "status": status}


def described_replication_controller(outline: Entry, clock: Clock) -> JsonObject:
    """Read a ReplicationController, whose selector is a plain label map."""
    found = described_replica_set(outline, clock)
    spec = found["spec"]
    if isinstance(spec, dict):
        spec["selector"] = pairs(outline.get("Selector") or "")
    return found


def described_stateful_set(outline: Entry, _: Clock) -> JsonObject:
    """Read a StatefulSet."""
    spec = _base(outline)
    counts = outline.get("Replicas")
    spec["replicas"] = _count(counts, "desired")
    strategy = outline.find("Update Strategy")
    if strategy:
        partition = number(strategy.get("Partition") or "")
        spec["updateStrategy"] = {
            "type": strategy.value,
            **({} if partition is None else {"rollingUpdate": {"partition": partition}}),
        }
    claims: list[JsonValue] = []
    section = outline.find("Volume Claims")
    for entry in section or ():
        if entry.key == "Name":
            claims.append({"metadata": {"name": entry.value}, "spec": {}})
        elif claims and isinstance(claims[-1], dict):
            _fill_claim(claims[-1], entry)
    if claims:
        spec["volumeClaimTemplates"] = claims
    return {"spec": spec, "status": {"replicas": _count(counts, "total")}}


def _fill_claim(claim: JsonObject, entry: Entry) -> None:
    spec = claim["spec"]
    if not isinstance(spec, dict):
        return
    if entry.key == "StorageClass" and entry.value:
        spec["storageClassName"] = entry.value
    elif entry.key == "Capacity" and entry.value:
        spec["resources"] = {"requests": {"storage": entry.value}}
    elif entry.key == "Access Modes":
        spec["accessModes"] = list(entry.value.strip("[]").split())


def described_daemon_set(outline: Entry, _: Clock) -> JsonObject:
    """Read a DaemonSet."""
    spec = _base(outline)
    fields = {
        "desiredNumberScheduled": "Desired Number of Nodes Scheduled",
        "currentNumberScheduled": "Current Number of Nodes Scheduled",
        "updatedNumberScheduled": "Number of Nodes Scheduled with Up-to-date Pods",
        "numberAvailable": "Number of Nodes Scheduled with Available Pods",
        "numberMisscheduled": "Number of Nodes Misscheduled",
    }
    status: JsonObject = {field: number(outline.get(key) or "") for field, key in fields.items()}
    return {"spec": spec, "status": status}


def guessed_readiness(kind: str, outline: Entry) -> JsonObject | None:
    """Ready replicas, which `describe` does not print, as the nearest number that it does print."""
    running = _count(outline.get("Pods Status"), "Running")
    match kind:
        case "Deployment":
            return {"status": {"readyReplicas": _count(outline.get("Replicas"), "available")}}
        case "DaemonSet":
            available = number(outline.get("Number of Nodes Scheduled with Available Pods") or "")
            return {"status": {"numberReady": available}}
        case "ReplicaSet" | "ReplicationController" | "StatefulSet":
            return {"status": {"readyReplicas": running}}
        case _:
            return None


def described_job(outline: Entry, _: Clock) -> JsonObject:
    """Read a Job. Its conditions are not printed; `Completed At` stands for Complete."""
    spec = _base(outline)
    fields = {"parallelism": "Parallelism", "completions": "Completions", "backoffLimit": "Backoff Limit"}
    for field, key in fields.items():
        value = number(outline.get(key) or "")
        if value is not None:
            spec[field] = value
    spec["completionMode"] = outline.get("Completion Mode")
    spec["suspend"] = True if outline.get("Suspend") == "true" else None
    deadline = parse_age(outline.get("Active Deadline Seconds") or "")
    if deadline:
        spec["activeDeadlineSeconds"] = int(deadline.total_seconds())
    pods = outline.get("Pods Statuses")
    status: JsonObject = {
        "startTime": date(outline.get("Start Time") or ""),
        "completionTime": date(outline.get("Completed At") or ""),
        "active": _count(pods, "Active") if pods and "Active" in pods else _count(pods, "Running"),
        "succeeded": _count(pods, "Succeeded"),
        "failed": _count(pods, "Failed"),
    }
    ready = re.search(r"\((\d{1,9}) Ready\)", pods or "")
    if ready:
        status["ready"] = int(ready[1])
    if status["completionTime"]:
        status["conditions"] = [{"type": "Complete", "status": "True"}]
    return {"spec": spec, "status": status}


def described_cron_job(outline: Entry, _: Clock) -> JsonObject:
    """Read a CronJob."""
    inner = _base(outline)
    inner.pop("selector", None)
    for field, key in (("parallelism", "Parallelism"), ("completions", "Completions")):
        value = number(outline.get(key) or "")
        if value is not None:
            inner[field] = value
    spec: JsonObject = {
        "schedule": outline.get("Schedule"),
        "concurrencyPolicy": outline.get("Concurrency Policy"),
        "suspend": (outline.get("Suspend") or "").lower() == "true",
        "successfulJobsHistoryLimit": number(outline.get("Successful Job History Limit") or ""),
        "failedJobsHistoryLimit": number(outline.get("Failed Job History Limit") or ""),
        "jobTemplate": {"spec": inner},
    }
    deadline = (outline.get("Starting Deadline Seconds") or "").removesuffix("s")
    if deadline.isdigit():
        spec["startingDeadlineSeconds"] = number(deadline)
    active = outline.find("Active Jobs")
    status: JsonObject = {
        "lastScheduleTime": date(outline.get("Last Schedule Time") or ""),
        "active": [
            {"kind": "Job", "name": name.strip()} for line in active.lines() for name in line.split(",") if name.strip()
        ]
        if active
        else [],
    }
    return {"spec": spec, "status": status}
