"""Joins several partial accounts of one object."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

JsonObject = dict[str, JsonValue]

_IDENTITY = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "containerStatuses": ("name",),
    "initContainerStatuses": ("name",),
    "env": ("name",),
    "volumes": ("name",),
    "volumeMounts": ("mountPath",),
    "ports": ("containerPort", "port", "protocol"),
    "conditions": ("type",),
    "imagePullSecrets": ("name",),
    "ownerReferences": ("kind", "name"),
}
"""Lists whose members are told apart by some of their fields, and by which."""

_ATOMIC = frozenset(
    {"labels", "matchLabels", "nodeSelector", "data", "selector", "requests", "limits", "state", "lastState", "hard",
     "used", "capacity", "allocatable", "parameters"}
)  # fmt: skip
"""Maps that a fuller account gives whole: a key that it lacks is not there."""

_ACTIONS = frozenset({"httpGet", "tcpSocket", "grpc", "exec"})


def deep_merge(base: Mapping[str, JsonValue], over: Mapping[str, JsonValue]) -> JsonObject:
    """Merge two accounts of one object; where they differ, `over` wins.

    A None in `over` says that a field is known to be absent and hides the one in `base`. Which members a
    list has, and in what order, is decided by `over`; members that both hold are merged.
    """
    merged: JsonObject = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(value, dict) and isinstance(below, dict) and key not in _ATOMIC:
            merged[key] = deep_merge(_without_other_actions(below, value), value)
        elif isinstance(value, list) and isinstance(below, list) and key in _IDENTITY:
            merged[key] = _merge_lists(below, value, _IDENTITY[key])
        else:
            merged[key] = value
    return merged


def _without_other_actions(below: JsonObject, value: JsonObject) -> JsonObject:
    if not _ACTIONS & value.keys():
        return below
    return {key: kept for key, kept in below.items() if key not in _ACTIONS or key in value}


def _merge_lists(below: list[JsonValue], over: list[JsonValue], identity: tuple[str, ...]) -> list[JsonValue]:
    known: dict[tuple[str, ...], JsonObject] = {}
    for member in below:
        if isinstance(member, dict):
            known.setdefault(_identify(member, identity), member)
    return [
        deep_merge(known[key], member)
        if isinstance(member, dict) and (key := _identify(member, identity)) in known
        else member
        for member in over
    ]


def _identify(member: JsonObject, identity: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(member.get(field, "TCP" if field == "protocol" else "")) for field in identity)


def without_absent(value: JsonValue) -> JsonValue:
    """Drop the None marks that say a field is absent."""
    if isinstance(value, dict):
        return {
            key: without_absent(member) if isinstance(member, (dict, list)) else member
            for key, member in value.items()
            if member is not None
        }
    if isinstance(value, list):
        return [without_absent(member) if isinstance(member, (dict, list)) else member for member in value]
    return value
