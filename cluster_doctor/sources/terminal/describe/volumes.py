"""The section `Volumes:` of a Pod or a Pod template."""

from __future__ import annotations

from pydantic import JsonValue

from cluster_doctor.sources.terminal.merge import JsonObject
from cluster_doctor.sources.terminal.outline import NOTHING, Entry

_TRUE = "true"
_FIELDS: dict[str, tuple[str, dict[str, str]]] = {
    "EmptyDir": ("emptyDir", {"medium": "Medium", "sizeLimit": "SizeLimit"}),
    "HostPath": ("hostPath", {"path": "Path", "type": "HostPathType"}),
    "NFS": ("nfs", {"server": "Server", "path": "Path"}),
    "CSI": ("csi", {"driver": "Driver", "volumeHandle": "VolumeHandle", "fsType": "FSType"}),
    "LocalVolume": ("local", {"path": "Path"}),
}
"""Types of volumes whose fields are printed as they are."""


def read_volumes(section: Entry | None) -> list[JsonValue]:
    """Read the section into `spec.volumes`."""
    return [{"name": entry.key, **_source(entry)} for entry in section or () if entry.key and entry.key not in NOTHING]


def _source(entry: Entry) -> JsonObject:
    word = (entry.get("Type") or "").partition(" ")[0]
    match word:
        case "ConfigMap":
            return {"configMap": _named("name", entry.get("Name"), entry.get("Optional"))}
        case "Secret":
            return {"secret": _named("secretName", entry.get("SecretName"), entry.get("Optional"))}
        case "PersistentVolumeClaim":
            claim: JsonObject = {"claimName": entry.get("ClaimName") or ""}
            if entry.get("ReadOnly") == _TRUE:
                claim["readOnly"] = True
            return {"persistentVolumeClaim": claim}
        case "Projected":
            return {"projected": {"sources": _projected(entry)}}
        case "EphemeralVolume":
            template = kept(entry, {"storageClassName": "StorageClass"})
            return {"ephemeral": {"volumeClaimTemplate": {"spec": template}}}
        case _:
            return plain_source(word, entry)


def plain_source(word: str, entry: Entry) -> JsonObject:
    """Read a source whose fields are printed as they are; of a type that is not known, keep the name."""
    if not word:
        return {}
    field, fields = _FIELDS.get(word, (word[:1].lower() + word[1:], {}))
    return {field: kept(entry, fields)}


def _named(field: str, name: str | None, optional: str | None) -> JsonObject:
    return {field: name or "", **({"optional": True} if optional == _TRUE else {})}


def kept(entry: Entry, fields: dict[str, str]) -> JsonObject:
    """Read the fields that are printed, by their API names."""
    return {field: value for field, key in fields.items() if (value := entry.get(key))}


def _projected(entry: Entry) -> list[JsonValue]:
    """Sources in the order of printing; an `Optional` line belongs to the one before it."""
    sources: list[JsonValue] = []
    last: JsonObject | None = None
    for line in entry:
        if line.key in {"ConfigMapName", "SecretName"}:
            last = {"name": line.value}
            sources.append({"configMap" if line.key == "ConfigMapName" else "secret": last})
        elif line.key in {"Optional", "ConfigMapOptional", "SecretOptionalName"}:
            if last is not None and line.value == _TRUE:
                last["optional"] = True
        elif line.key == "TokenExpirationSeconds":
            seconds = int(line.value) if line.value.isdigit() and len(line.value) < 12 else None
            sources.append({"serviceAccountToken": {"path": "token", "expirationSeconds": seconds}})
        elif line.key == "DownwardAPI":
            sources.append({"downwardAPI": {}})
    return sources
