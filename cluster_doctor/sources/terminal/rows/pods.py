"""Rows of Pods. STATUS is no field of the API; it is computed by kubectl's `printPod` from several."""

from __future__ import annotations

import re

from pydantic import JsonValue

from cluster_doctor.sources.terminal.merge import JsonObject
from cluster_doctor.sources.terminal.moments import Clock
from cluster_doctor.sources.terminal.rows.cells import NONE, condition, fraction
from cluster_doctor.sources.terminal.table import Row

_PHASES = frozenset({"Pending", "Running", "Succeeded", "Failed", "Unknown"})
_ENDED_WELL = frozenset({"Completed"})
_LOST = frozenset({"Evicted", "NodeLost", "Shutdown", "NodeShutdown", "Preempting", "UnexpectedAdmissionError"})
_STARTED = frozenset({"CrashLoopBackOff", "Error", "OOMKilled", "ContainerCannotRun", "DeadlineExceeded", "NotReady"})
_TERMINATED = frozenset({"Error", "OOMKilled", "ContainerCannotRun", "Completed", "DeadlineExceeded"})
_RESTARTS = re.compile(r"(\d{1,9})(?: \((\S+) ago\))?")


def pod(row: Row, clock: Clock) -> JsonObject:
    """Read one row into `metadata`, `spec` and `status`.

    A row does not name containers. Where a container's state is all that STATUS shows, nameless ones stand
    for them, so that the state is not lost; a description replaces them.
    """
    shown = row.get("STATUS", "")
    ready = fraction(row.get("READY", ""))
    spec: JsonObject = {}
    status: JsonObject = {"phase": _phase(shown)}
    metadata: JsonObject = {}
    if row.get("NODE", "") not in NONE:
        spec["nodeName"] = row["NODE"]
    if row.get("IP", "") not in NONE:
        status["podIP"] = row["IP"]
    if row.get("NOMINATED NODE", "") not in NONE:
        status["nominatedNodeName"] = row["NOMINATED NODE"]
    if shown == "Terminating":
        metadata["deletionTimestamp"] = clock.ago("0s")
    if shown in _LOST:
        status["reason"] = shown
    if ready and shown not in {"Completed", "Succeeded"}:
        status["conditions"] = [condition("Ready", str(0 < ready[1] == ready[0]))]
    if ready:
        names = _names(ready[1])
        spec["containers"] = [{"name": name} for name in names]
        if shown.startswith("Init:"):
            spec["initContainers"] = [{"name": ""}]
            status["initContainerStatuses"] = _statuses(row, [""], 0, shown.removeprefix("Init:"), clock)
            row, shown = {**row, "RESTARTS": "0"}, "PodInitializing"
        status["containerStatuses"] = _statuses(row, names, ready[0], shown, clock)
    return {"metadata": metadata, "spec": spec, "status": status}


def _phase(shown: str) -> str | None:
    if shown in _PHASES:
        return shown
    if shown in _ENDED_WELL:
        return "Succeeded"
    if shown in _LOST:
        return "Failed"
    if shown in _STARTED or shown.startswith("ExitCode:"):
        return "Running"
    return None if shown in NONE or shown == "Terminating" else "Pending"


def _names(total: int) -> list[str]:
    total = min(total, 100)
    return [""] if total == 1 else [f"({position} of {total})" for position in range(1, total + 1)]


def _statuses(row: Row, names: list[str], ready: int, shown: str, clock: Clock) -> list[JsonValue]:
    match = _RESTARTS.fullmatch(row.get("RESTARTS", ""))
    restarts = int(match[1]) if match else 0
    found: list[JsonValue] = []
    for position, name in enumerate(names):
        well = position < ready
        last = position == len(names) - 1
        entry: JsonObject = {"name": name, "ready": well, "restartCount": restarts if last else 0}
        if well:
            entry["state"] = {"running": {}}
        elif shown in _TERMINATED or shown.startswith("ExitCode:"):
            entry["state"] = {"terminated": {"reason": shown, **({"exitCode": 0} if shown == "Completed" else {})}}
        elif shown not in _PHASES | _LOST | {"Terminating", "NotReady"} and not re.fullmatch(r"\d+/\d+", shown):
            entry["state"] = {"waiting": {"reason": shown}}
        elif shown == "Running":
            entry["state"] = {"running": {}}
        if last and match and match[2]:
            entry["lastState"] = {"terminated": {"finishedAt": clock.ago(match[2])}}
        found.append(entry)
    return found
