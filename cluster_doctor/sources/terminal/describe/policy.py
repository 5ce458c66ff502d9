"""`kubectl describe` of autoscalers, disruption budgets and webhooks."""

from __future__ import annotations

import re

from pydantic import JsonValue

from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.sources.terminal.merge import JsonObject
from cluster_doctor.sources.terminal.moments import Clock
from cluster_doctor.sources.terminal.outline import Entry
from cluster_doctor.sources.terminal.rows.cells import number, selector

_RESOURCE_METRIC = re.compile(
    r"resource (\S+) (?:of container \"[^\"]*\" )?on pods(?:\s+\(as a percentage of request\))?"
)
_COLUMNS = re.compile(r"(\S+)\s+(True|False|Unknown)\s+(\S+)\s*(.*)")


def described_autoscaler(outline: Entry, _: Clock) -> JsonObject:
    """Read a HorizontalPodAutoscaler."""
    kind, slash, name = (outline.get("Reference") or "").partition("/")
    spec: JsonObject = {
        "minReplicas": number(outline.get("Min replicas") or ""),
        "maxReplicas": number(outline.get("Max replicas") or ""),
    }
    if slash:
        known = BY_KIND.get(kind)
        spec["scaleTargetRef"] = {
            **({"apiVersion": known.api_version} if known else {}), "kind": kind, "name": name,
        }  # fmt: skip
    metrics: list[JsonValue] = []
    section = outline.find("Metrics")
    for line in section or ():
        match = _RESOURCE_METRIC.match(line.key)
        if match:
            metrics.append(_resource_metric(match[1], line.value.rpartition("/")[2].strip()))
    if metrics:
        spec["metrics"] = metrics
    status: JsonObject = {}
    counts = re.search(r"(\d{1,9}) current / (\d{1,9}) desired", outline.get(*_pods_keys(outline)) or "")
    if counts:
        status["currentReplicas"], status["desiredReplicas"] = int(counts[1]), int(counts[2])
    conditions: list[JsonValue] = []
    for line in outline.find("Conditions") or ():
        row = _COLUMNS.fullmatch(line.text)
        if row:
            conditions.append({"type": row[1], "status": row[2], "reason": row[3], "message": row[4]})
    status["conditions"] = conditions
    return {"spec": spec, "status": status}


def _pods_keys(outline: Entry) -> list[str]:
    return [entry.key for entry in outline if entry.key.endswith(" pods")]


def _resource_metric(name: str, target: str) -> JsonObject:
    percentage = number(target.removesuffix("%"))
    wanted: JsonObject = (
        {"type": "Utilization", "averageUtilization": percentage}
        if target.endswith("%")
        else {"type": "AverageValue", "averageValue": target}
    )
    return {"type": "Resource", "resource": {"name": name, "target": wanted}}


def described_disruption_budget(outline: Entry, _: Clock) -> JsonObject:
    """Read a PodDisruptionBudget."""
    spec: JsonObject = {}
    for key, field in (("Min available", "minAvailable"), ("Max unavailable", "maxUnavailable")):
        value = outline.get(key)
        if value:
            count = number(value)
            spec[field] = value if count is None else count
    chosen = selector(outline.get("Selector") or "")
    if chosen:
        spec["selector"] = chosen
    section = outline.find("Status")
    status: JsonObject = {}
    for key, field in (
        ("Allowed disruptions", "disruptionsAllowed"), ("Current", "currentHealthy"), ("Desired", "desiredHealthy"),
        ("Total", "expectedPods"),
    ):  # fmt: skip
        count = number(section.get(key) or "") if section else None
        if count is not None:
            status[field] = count
    return {"spec": spec, "status": status}
