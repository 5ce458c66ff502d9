"""What a cluster holds of an object once a manifest of it was delivered.

A tool that delivers sets the fields that the manifest has and leaves the others: those that the API server filled in,
and those of other owners. Lists whose members have names are merged by these, as the API does; others are replaced.
Source: kubernetes.io, "Server-Side Apply", "Merge strategy".
"""

from __future__ import annotations

from pydantic import JsonValue

from cluster_doctor.snapshot.paths import mapping

Object = dict[str, JsonValue]
_NAMES = (("name",), ("mountPath",), ("containerPort", "protocol"), ("port", "protocol"), ("key",), ("ip",))
"""Fields that name the members of a list; the first that all of them have counts. A protocol may be left out."""


def synced(live: Object, written: Object) -> Object:
    """The live object with the fields that a manifest has; its status and identity stay."""
    kept = {key: value for key, value in written.items() if key not in {"status", "apiVersion", "kind", "metadata"}}
    metadata = mapping(written, "metadata")
    marks: Object = {key: metadata[key] for key in ("labels", "annotations") if key in metadata}
    merged = _merged(live, {**kept, "metadata": marks})
    return merged if isinstance(merged, dict) else live


def _merged(live: JsonValue, written: JsonValue) -> JsonValue:
    if isinstance(live, dict) and isinstance(written, dict):
        return {**live, **{key: _merged(live.get(key), value) for key, value in written.items() if value is not None}}
    if isinstance(live, list) and isinstance(written, list):
        names = next((names for names in _NAMES if _named(live, names) and _named(written, names)), None)
        if names and live and written:
            there = {_name(member, names): member for member in live}
            return [_merged(there.get(_name(member, names)), member) for member in written]
    return written


def _named(members: list[JsonValue], names: tuple[str, ...]) -> bool:
    return all(isinstance(member, dict) and names[0] in member for member in members)


def _name(member: JsonValue, names: tuple[str, ...]) -> tuple[str, ...]:
    found = member if isinstance(member, dict) else {}
    return tuple(str(found.get(name, "TCP" if name == "protocol" else "")) for name in names)
