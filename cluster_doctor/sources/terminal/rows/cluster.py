"""Rows of nodes, namespaces, quotas and small kinds."""

from __future__ import annotations

import re

from pydantic import JsonValue

from cluster_doctor.sources.terminal.merge import JsonObject
from cluster_doctor.sources.terminal.moments import Clock
from cluster_doctor.sources.terminal.rows.cells import NONE, condition, number
from cluster_doctor.sources.terminal.table import Row

_QUOTA = re.compile(r"([^\s:,]+): ([^\s/,]+)/([^\s,]+)")


def node(row: Row, _: Clock) -> JsonObject:
    """STATUS is `Ready`, `NotReady` or `Unknown`, with `SchedulingDisabled` behind it for a cordoned node.

    `NotReady` stands for both False and Unknown of condition Ready.
    """
    words = row.get("STATUS", "").split(",")
    conditions: list[JsonValue] = []
    if words[0] in {"Ready", "NotReady", "Unknown"}:
        status = {"Ready": "True", "NotReady": "False", "Unknown": "Unknown"}[words[0]]
        conditions = [condition("Ready", status)]
    found: JsonObject = {"conditions": conditions}
    kubelet: JsonObject = {"kubeletVersion": row.get("VERSION") or None}
    for column, field in (
        ("OS-IMAGE", "osImage"), ("KERNEL-VERSION", "kernelVersion"), ("CONTAINER-RUNTIME", "containerRuntimeVersion"),
    ):  # fmt: skip
        if row.get(column, "") not in NONE:
            kubelet[field] = row[column]
    found["nodeInfo"] = kubelet
    addresses: list[JsonValue] = [
        {"type": kind, "address": row[column]}
        for column, kind in (("INTERNAL-IP", "InternalIP"), ("EXTERNAL-IP", "ExternalIP"))
        if row.get(column, "") not in NONE
    ]
    if addresses:
        found["addresses"] = addresses
    return {"spec": {"unschedulable": True} if "SchedulingDisabled" in words else {}, "status": found}


def namespace(row: Row, _: Clock) -> JsonObject:
    """STATUS is the phase."""
    return {"status": {"phase": row.get("STATUS") or None}}


def resource_quota(row: Row, _: Clock) -> JsonObject:
    """REQUEST and LIMIT hold `resource: used/hard`, comma-separated."""
    hard: JsonObject = {}
    used: JsonObject = {}
    for name, spent, allowed in _QUOTA.findall(f"{row.get('REQUEST', '')}, {row.get('LIMIT', '')}"):
        hard[name], used[name] = allowed, spent
    return {"spec": {"hard": hard}, "status": {"hard": dict(hard), "used": used}}


def secret(row: Row, _: Clock) -> JsonObject:
    """TYPE; values and keys are not shown."""
    return {"type": row.get("TYPE") or None}


def role_binding(row: Row, _: Clock) -> JsonObject:
    """ROLE is `Kind/name`."""
    kind, slash, name = row.get("ROLE", "").partition("/")
    if not slash:
        return {}
    return {"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name}}


def priority_class(row: Row, _: Clock) -> JsonObject:
    """VALUE and GLOBAL-DEFAULT."""
    return {"value": number(row.get("VALUE", "")), "globalDefault": row.get("GLOBAL-DEFAULT") == "true"}


def ingress_class(row: Row, _: Clock) -> JsonObject:
    """CONTROLLER."""
    return {"spec": {"controller": row.get("CONTROLLER") or None}}


def lease(row: Row, _: Clock) -> JsonObject:
    """HOLDER."""
    return {"spec": {"holderIdentity": row.get("HOLDER") or None}}


def api_service(row: Row, _: Clock) -> JsonObject:
    """SERVICE is `namespace/name` or `Local`; AVAILABLE is a status with its reason."""
    namespace, slash, name = row.get("SERVICE", "").partition("/")
    match = re.fullmatch(r"(True|False|Unknown)(?: \((\S+)\))?", row.get("AVAILABLE", ""))
    conditions: list[JsonValue] = []
    if match:
        conditions = [{**condition("Available", match[1]), **({"reason": match[2]} if match[2] else {})}]
    spec: JsonObject = {"service": {"namespace": namespace, "name": name}} if slash else {}
    return {"spec": spec, "status": {"conditions": conditions}}
