"""`kubectl describe pod`, and the part of it that Pod templates share."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pydantic import JsonValue

from cluster_doctor.sources.terminal.describe.containers import labelled, read_containers
from cluster_doctor.sources.terminal.describe.volumes import read_volumes
from cluster_doctor.sources.terminal.merge import JsonObject
from cluster_doctor.sources.terminal.moments import Clock, date
from cluster_doctor.sources.terminal.outline import NOTHING, Entry

_TOLERATION = re.compile(
    r"(?P<key>(?!op=)[^\s=:]+)?(?:=(?P<value>[^\s:]*))?(?::(?P<effect>\w+))?"
    r"(?: ?op=(?P<op>\w+))?(?: for (?P<seconds>\d{1,18})s)?"
)
_TERMINATING = re.compile(r"Terminating(?: \(lasts (\S+)\))?")
_ADDRESS = re.compile(r"(\S+?)/(\S*)")


def read_toleration(line: str) -> JsonObject | None:
    """Read `key=value:Effect op=Exists for 300s`."""
    match = _TOLERATION.fullmatch(line.strip())
    if not match or not match.group():
        return None
    found: JsonObject = {field: match[field] for field in ("key", "value", "effect") if match[field]}
    found["operator"] = match["op"] or ("Equal" if match["value"] else "Exists")
    if match["seconds"]:
        found["tolerationSeconds"] = int(match["seconds"])
    return found


def read_pod_spec(outline: Entry) -> tuple[JsonObject, list[JsonValue], list[JsonValue]]:
    """Read what Pods and Pod templates print alike: the specification, and statuses of (init) containers."""
    spec: JsonObject = {}
    containers, statuses = read_containers(outline.find("Containers"))
    inits, init_statuses = read_containers(outline.find("Init Containers"))
    spec["containers"] = containers
    spec["initContainers"] = inits or None
    if account := outline.get("Service Account"):
        spec["serviceAccountName"] = account
    if priority := outline.get("Priority Class Name"):
        spec["priorityClassName"] = priority
    spec["volumes"] = read_volumes(outline.find("Volumes")) or None
    selectors = outline.find("Node-Selectors", "Node-Selector")
    if selectors:
        spec["nodeSelector"] = labelled(selectors.lines()) or None
    tolerations = outline.find("Tolerations")
    if tolerations:
        spec["tolerations"] = [read for line in tolerations.lines() if (read := read_toleration(line))] or None
    return spec, statuses, init_statuses


def read_conditions(section: Entry | None) -> list[JsonValue]:
    """Read a table of conditions with the columns Type, Status and perhaps Reason."""
    found: list[JsonValue] = []
    for line in section or ():
        words = line.text.split()
        if len(words) >= 2 and words[1] in {"True", "False", "Unknown"}:
            condition: JsonObject = {"type": words[0], "status": words[1]}
            if len(words) > 2:
                condition["reason"] = words[2]
            found.append(condition)
    return found


def described_pod(outline: Entry, clock: Clock) -> JsonObject:
    """Read a Pod."""
    spec, statuses, init_statuses = read_pod_spec(outline)
    status: JsonObject = {"containerStatuses": statuses, "initContainerStatuses": init_statuses or None}
    metadata: JsonObject = {}
    place = _ADDRESS.fullmatch(outline.get("Node") or "")
    if place:
        spec["nodeName"] = place[1]
        status["hostIP"] = place[2] or None
    elif named := outline.get("Node"):
        spec["nodeName"] = named
    priority = outline.get("Priority")
    if priority and re.fullmatch(r"-?\d{1,10}", priority):
        spec["priority"] = int(priority)
    shown = outline.get("Status") or ""
    terminating = _TERMINATING.fullmatch(shown)
    if terminating:
        metadata["deletionTimestamp"] = clock.ago(terminating[1] or "0s")
    elif shown:
        status["phase"] = shown.partition(" ")[0]
    status["startTime"] = date(outline.get("Start Time") or "")
    for key, field in (
        ("IP", "podIP"), ("Reason", "reason"), ("QoS Class", "qosClass"), ("NominatedNodeName", "nominatedNodeName"),
    ):  # fmt: skip
        if value := outline.get(key):
            status[field] = value
    message = outline.find("Message")
    if message:
        status["message"] = "\n".join(message.lines()) or None
    addresses = _addresses(outline.find("IPs") or ())
    if addresses:
        status["podIPs"] = addresses
    status["conditions"] = read_conditions(outline.find("Conditions"))
    return {"metadata": metadata, "spec": spec, "status": status}


def _addresses(entries: Iterable[Entry]) -> list[JsonValue]:
    return [{"ip": entry.value} for entry in entries if entry.key == "IP" and entry.value not in NOTHING]


def read_template(section: Entry | None) -> JsonObject:
    """Read the section `Pod Template:`."""
    if section is None:
        return {}
    spec, _, _ = read_pod_spec(section)
    labels = section.find("Labels")
    metadata: JsonObject = {"labels": labelled(labels.lines()) if labels else {}}
    annotations = section.find("Annotations")
    if annotations:
        metadata["annotations"] = read_annotations(annotations)
    return {"metadata": metadata, "spec": spec}


def read_annotations(section: Entry) -> JsonObject:
    """Read annotations, printed as `key: value`, long values on lines of their own."""
    found: JsonObject = {}
    last = ""
    for line in section.lines():
        key, colon, value = line.partition(": ")
        if not colon and line.endswith(":"):
            key, colon = line[:-1], ":"
        if colon and re.fullmatch(r"[A-Za-z0-9][\w./-]*", key) and not (last and line.startswith(("{", "- "))):
            last = key
            found[key] = value.strip()
        elif last:
            found[last] = f"{found[last]}\n{line}".lstrip("\n")
    return found
