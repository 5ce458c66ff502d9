"""`kubectl describe` of nodes, namespaces, quotas and limit ranges."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pydantic import JsonValue

from cluster_doctor.sources.terminal.merge import JsonObject
from cluster_doctor.sources.terminal.moments import Clock, date
from cluster_doctor.sources.terminal.outline import NOTHING, Entry

_TAINT = re.compile(r"([^\s=:]+)(?:=([^\s:]*))?:(NoSchedule|PreferNoSchedule|NoExecute)")
_CONDITION = re.compile(
    r"(\S+)\s+(True|False|Unknown)\s+(\w{3}, .{22,24}\d{4}|<unknown>)\s+(\w{3}, .{22,24}\d{4}|<unknown>)\s+(\S+)\s*(.*)"
)
_SYSTEM = {
    "machineID": "Machine ID", "systemUUID": "System UUID", "bootID": "Boot ID", "kernelVersion": "Kernel Version",
    "osImage": "OS Image", "operatingSystem": "Operating System", "architecture": "Architecture",
    "containerRuntimeVersion": "Container Runtime Version", "kubeletVersion": "Kubelet Version",
    "kubeProxyVersion": "Kube-Proxy Version",
}  # fmt: skip


def read_taint(text: str) -> JsonObject | None:
    """Read `key=value:Effect`."""
    match = _TAINT.fullmatch(text.strip())
    if not match:
        return None
    taint: JsonObject = {"key": match[1], "effect": match[3]}
    if match[2]:
        taint["value"] = match[2]
    return taint


def described_node(outline: Entry, _: Clock) -> JsonObject:
    """Read a Node. What runs on it is printed too, and left to the Pods themselves."""
    spec: JsonObject = {}
    taints = outline.find("Taints")
    if taints:
        spec["taints"] = [read for line in taints.lines() if (read := read_taint(line))] or None
    spec["unschedulable"] = True if outline.get("Unschedulable") == "true" else None
    for key, field in (("PodCIDR", "podCIDR"), ("ProviderID", "providerID")):
        if value := outline.get(key):
            spec[field] = value
    status: JsonObject = {
        "conditions": _conditions(outline.find("Conditions") or ()),
        "addresses": [{"type": entry.key, "address": entry.value} for entry in outline.find("Addresses") or ()],
    }
    for key, field in (("Capacity", "capacity"), ("Allocatable", "allocatable")):
        section = outline.find(key)
        if section:
            status[field] = {entry.key: entry.value for entry in section if entry.key}
    system = outline.find("System Info")
    if system:
        status["nodeInfo"] = {field: value for field, key in _SYSTEM.items() if (value := system.get(key))}
    return {"spec": spec, "status": status}


def _conditions(lines: Iterable[Entry]) -> list[JsonValue]:
    found: list[JsonValue] = []
    for line in lines:
        match = _CONDITION.fullmatch(line.text)
        if match:
            condition: JsonObject = {"type": match[1], "status": match[2], "reason": match[5], "message": match[6]}
            for field, text in (("lastHeartbeatTime", match[3]), ("lastTransitionTime", match[4])):
                moment = date(text)
                if moment:
                    condition[field] = moment
            found.append(condition)
        elif len(words := line.text.split()) >= 2 and words[1] in {"True", "False", "Unknown"}:
            found.append({"type": words[0], "status": words[1]})
    return found


def node_lease(name: str, outline: Entry) -> JsonObject | None:
    """The Lease that `describe node` prints, as its own object's fields."""
    section = outline.find("Lease")
    if section is None:
        return None
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": name, "namespace": "kube-node-lease"},
        "spec": {
            "holderIdentity": section.get("HolderIdentity"),
            "renewTime": date(section.get("RenewTime") or ""),
        },
    }


def described_namespace(outline: Entry, clock: Clock) -> JsonObject:
    """Read a Namespace. `No resource quota.` says so in words."""
    phase = outline.get("Status")
    found: JsonObject = {"status": {"phase": phase}}
    if phase == "Terminating":
        found["metadata"] = {"deletionTimestamp": clock.ago("0s")}
    return found


def described_resource_quota(outline: Entry, _: Clock) -> JsonObject:
    """Read a ResourceQuota's table `Resource Used Hard`."""
    hard: JsonObject = {}
    used: JsonObject = {}
    begun = False
    for line in outline:
        words = line.text.split()
        if words[:1] == ["--------"]:
            begun = True
        elif begun and len(words) == 3:
            used[words[0]], hard[words[0]] = words[1:]
    scopes: list[JsonValue] = [
        scope.strip() for scope in (outline.get("Scopes") or "").split(",") if scope.strip() not in NOTHING
    ]
    spec: JsonObject = {"hard": hard}
    if scopes:
        spec["scopes"] = scopes
    return {"spec": spec, "status": {"hard": dict(hard), "used": used}}


def described_limit_range(outline: Entry, _: Clock) -> JsonObject:
    """Read a LimitRange's table `Type Resource Min Max Default-Request Default-Limit Ratio`; `-` is nothing."""
    limits: dict[str, JsonObject] = {}
    fields = ("min", "max", "defaultRequest", "default", "maxLimitRequestRatio")
    for line in outline:
        words = line.text.split()
        if len(words) != 7 or words[0].startswith("-") or words[0] == "Type":
            continue
        entry = limits.setdefault(words[0], {"type": words[0]})
        for field, value in zip(fields, words[2:], strict=True):
            amounts = entry.setdefault(field, {}) if value != "-" else None
            if isinstance(amounts, dict):
                amounts[words[1]] = value
    return {"spec": {"limits": list(limits.values())}}
