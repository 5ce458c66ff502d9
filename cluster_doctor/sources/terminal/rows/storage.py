"""Rows of claims, volumes and storage classes."""

from __future__ import annotations

from cluster_doctor.sources.terminal.merge import JsonObject
from cluster_doctor.sources.terminal.moments import Clock
from cluster_doctor.sources.terminal.rows.cells import NONE, access_modes
from cluster_doctor.sources.terminal.table import Row


def claim(row: Row, _: Clock) -> JsonObject:
    """CAPACITY and ACCESS MODES are those of the bound volume; an empty STORAGECLASS is the empty class.

    A Pending claim prints no access modes; what it asks for is not shown.
    """
    spec: JsonObject = {}
    status: JsonObject = {"phase": row.get("STATUS") or None}
    if row.get("STATUS") == "Terminating":
        status.pop("phase")
    if row.get("VOLUME", "") not in NONE:
        spec["volumeName"] = row["VOLUME"]
    if "STORAGECLASS" in row:
        spec["storageClassName"] = "" if row["STORAGECLASS"] in NONE else row["STORAGECLASS"]
    if row.get("CAPACITY", "") not in NONE | {"0"}:
        status["capacity"] = {"storage": row["CAPACITY"]}
    modes = access_modes(row.get("ACCESS MODES", ""))
    if modes:
        spec["accessModes"], status["accessModes"] = modes, list(modes)
    if row.get("VOLUMEMODE", "") not in NONE:
        spec["volumeMode"] = row["VOLUMEMODE"]
    return {"spec": spec, "status": status}


def volume(row: Row, _: Clock) -> JsonObject:
    """CLAIM is `namespace/name`."""
    spec: JsonObject = {"storageClassName": "" if row.get("STORAGECLASS", "") in NONE else row["STORAGECLASS"]}
    if row.get("CAPACITY", "") not in NONE:
        spec["capacity"] = {"storage": row["CAPACITY"]}
    spec["accessModes"] = access_modes(row.get("ACCESS MODES", ""))
    spec["persistentVolumeReclaimPolicy"] = row.get("RECLAIM POLICY") or None
    namespace, slash, name = row.get("CLAIM", "").partition("/")
    if slash:
        spec["claimRef"] = {"kind": "PersistentVolumeClaim", "namespace": namespace, "name": name}
    if row.get("VOLUMEMODE", "") not in NONE:
        spec["volumeMode"] = row["VOLUMEMODE"]
    status: JsonObject = {"phase": row.get("STATUS") or None, "reason": row.get("REASON") or None}
    return {"spec": spec, "status": status}


def storage_class(row: Row, _: Clock) -> JsonObject:
    """The default class carries `(default)` behind its name."""
    found: JsonObject = {
        "provisioner": row.get("PROVISIONER") or None,
        "reclaimPolicy": row.get("RECLAIMPOLICY") or None,
        "volumeBindingMode": row.get("VOLUMEBINDINGMODE") or None,
        "allowVolumeExpansion": row.get("ALLOWVOLUMEEXPANSION") == "true",
    }
    if row.get("NAME", "").endswith(" (default)"):
        found["metadata"] = {"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}
    return found
