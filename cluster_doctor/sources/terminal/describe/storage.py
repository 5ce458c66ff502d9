"""`kubectl describe` of claims, volumes and storage classes."""

from __future__ import annotations

import re

from pydantic import JsonValue

from cluster_doctor.sources.terminal.describe.volumes import plain_source
from cluster_doctor.sources.terminal.merge import JsonObject
from cluster_doctor.sources.terminal.moments import Clock
from cluster_doctor.sources.terminal.outline import NOTHING, Entry
from cluster_doctor.sources.terminal.rows.cells import access_modes, pairs

_TERMS = re.compile(r"(\S+) (in|not in|exists|does not exist|>|<)(?: \[([^\]]*)\])?")
_OPERATORS = {
    "in": "In", "not in": "NotIn", "exists": "Exists", "does not exist": "DoesNotExist", ">": "Gt", "<": "Lt",
}  # fmt: skip


def _phase(outline: Entry, clock: Clock) -> tuple[JsonObject, JsonObject]:
    """Metadata and status: a deleted object's phase is printed over."""
    shown = outline.get("Status") or ""
    if shown.startswith("Terminating"):
        return {"deletionTimestamp": clock.ago("0s")}, {}
    return {}, {"phase": shown or None}


def described_claim(outline: Entry, clock: Clock) -> JsonObject:
    """Read a PersistentVolumeClaim. Capacity and access modes are printed once it is bound."""
    metadata, status = _phase(outline, clock)
    spec: JsonObject = {"volumeName": outline.get("Volume"), "volumeMode": outline.get("VolumeMode")}
    section = outline.find("StorageClass")
    if section:
        spec["storageClassName"] = "" if section.value in NOTHING else section.value
    capacity = outline.get("Capacity")
    if capacity and capacity != "0":
        status["capacity"] = {"storage": capacity}
    modes = access_modes(outline.get("Access Modes") or "")
    if modes:
        spec["accessModes"], status["accessModes"] = modes, list(modes)
    return {"metadata": metadata, "spec": spec, "status": status}


def described_volume(outline: Entry, clock: Clock) -> JsonObject:
    """Read a PersistentVolume."""
    metadata, status = _phase(outline, clock)
    status["message"] = outline.get("Message")
    spec: JsonObject = {
        "storageClassName": outline.get("StorageClass") or "",
        "persistentVolumeReclaimPolicy": outline.get("Reclaim Policy"),
        "accessModes": access_modes(outline.get("Access Modes") or ""),
        "volumeMode": outline.get("VolumeMode"),
    }
    capacity = outline.get("Capacity")
    if capacity:
        spec["capacity"] = {"storage": capacity}
    namespace, slash, name = (outline.get("Claim") or "").partition("/")
    if slash:
        spec["claimRef"] = {"kind": "PersistentVolumeClaim", "namespace": namespace, "name": name}
    affinity = outline.find("Node Affinity")
    if affinity and affinity.children:
        spec["nodeAffinity"] = _node_affinity(affinity)
    source = outline.find("Source")
    if source:
        spec.update(plain_source((source.get("Type") or "").partition(" ")[0], source))
    return {"metadata": metadata, "spec": spec, "status": status}


def _node_affinity(section: Entry) -> JsonObject:
    terms: list[JsonValue] = []
    required = section.find("Required Terms") or section
    for term in required:
        if not term.key.startswith("Term"):
            continue
        expressions: list[JsonValue] = []
        for line in term.lines():
            match = _TERMS.fullmatch(line.strip())
            if match:
                expression: JsonObject = {"key": match[1], "operator": _OPERATORS[match[2]]}
                if match[3] is not None:
                    expression["values"] = [value.strip() for value in match[3].split(",")]
                expressions.append(expression)
        terms.append({"matchExpressions": expressions})
    return {"required": {"nodeSelectorTerms": terms}}


def described_storage_class(outline: Entry, _: Clock) -> JsonObject:
    """Read a StorageClass. Annotations may run over lines at any depth, so fields are taken from the end."""
    last = {entry.key: entry.value for entry in outline if entry.key}
    expansion = last.get("AllowVolumeExpansion", "").lower()
    found: JsonObject = {
        "provisioner": _real(last.get("Provisioner")),
        "reclaimPolicy": _real(last.get("ReclaimPolicy")),
        "volumeBindingMode": _real(last.get("VolumeBindingMode")),
        "parameters": pairs(last.get("Parameters", "")) or None,
        "allowVolumeExpansion": expansion == "true" if expansion in {"true", "false"} else None,
    }
    if last.get("IsDefaultClass") == "Yes":
        found["metadata"] = {"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}
    return found


def _real(value: str | None) -> str | None:
    return None if value is None or value in NOTHING else value
