"""`kubectl describe` of ConfigMaps, Secrets, ServiceAccounts and role bindings."""

from __future__ import annotations

import re

from pydantic import JsonValue

from cluster_doctor.sources.terminal.merge import JsonObject
from cluster_doctor.sources.terminal.moments import Clock
from cluster_doctor.sources.terminal.outline import NOTHING, Entry

_KEY = re.compile(r"^(\S+):\n----\n", re.MULTILINE)


def config_map_data(text: str) -> JsonObject:
    """Read keys and values below `Data`; every key is underlined, and a blank line ends its value."""
    _, found, body = text.partition("\nData\n====\n")
    if not found:
        return {}
    body, _, binary = body.partition("\nBinaryData\n====\n")
    parts = _KEY.split(body)
    data: JsonObject = {}
    for key, value in zip(parts[1::2], parts[2::2], strict=True):
        data[key] = value.removesuffix("\n").removesuffix("\n")
    kept: JsonObject = {"data": data}
    hidden: JsonObject = {
        match[1]: "" for line in binary.split("\n") if (match := re.fullmatch(r"(\S+): \d+ bytes", line.strip()))
    }
    if hidden:
        kept["binaryData"] = hidden
    return kept


def described_secret(outline: Entry, _: Clock) -> JsonObject:
    """Read a Secret: type and names of keys. Sizes are printed, values are not."""
    keys: list[JsonValue] = [
        entry.key
        for entry in outline
        if entry.key and re.fullmatch(r"\d+ bytes", entry.value) and entry.key not in {"Name", "Type"}
    ]
    keys += [entry.key for entry in outline if entry.key == "token" and entry.value and "bytes" not in entry.value]
    return {"type": outline.get("Type"), "keys": keys}


def described_service_account(outline: Entry, _: Clock) -> JsonObject:
    """Read a ServiceAccount: pull secrets and mountable secrets; `(not found)` behind a name is dropped."""
    found: JsonObject = {}
    for key, field in (("Image pull secrets", "imagePullSecrets"), ("Mountable secrets", "secrets")):
        section = outline.find(key)
        names: list[JsonValue] = [
            {"name": line.partition(" ")[0]} for line in (section.lines() if section else ()) if line not in NOTHING
        ]
        found[field] = names or None
    return found


def described_role_binding(outline: Entry, _: Clock) -> JsonObject:
    """Read a RoleBinding or ClusterRoleBinding."""
    role = outline.find("Role")
    reference: JsonObject = {"apiGroup": "rbac.authorization.k8s.io"}
    if role:
        reference.update({"kind": role.get("Kind") or "", "name": role.get("Name") or ""})
    subjects: list[JsonValue] = []
    for line in outline.find("Subjects") or ():
        words = line.text.split()
        if len(words) in (2, 3) and words[0] in {"ServiceAccount", "User", "Group"}:
            subject: JsonObject = {"kind": words[0], "name": words[1]}
            if len(words) == 3:
                subject["namespace"] = words[2]
            subjects.append(subject)
    return {"roleRef": reference, "subjects": subjects}
