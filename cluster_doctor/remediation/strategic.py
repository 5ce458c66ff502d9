"""Writes edits as a strategic merge patch, for people who apply them with kubectl."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import JsonValue

from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.remediation.fields import keys_of

Patch = dict[str, JsonValue]


def patch_of(edits: Iterable[FieldEdit]) -> Patch | None:
    """Write edits as one patch; None where one of them names a list's member by its position alone.

    Source: kubernetes.io, "Update API Objects in Place Using kubectl patch", strategic merge patch.
    """
    patch: Patch = {}
    for edit in edits:
        place: JsonValue = patch
        for position, part in enumerate(edit.path):
            last = position == len(edit.path) - 1
            if part.startswith("["):
                keys = keys_of(part)
                if not keys or not isinstance(place, list):
                    return None
                member = _member(place, keys)
                if last:
                    member.update(_whole(edit.becomes))
                place = member
            elif isinstance(place, dict):
                if last:
                    place[part] = edit.becomes
                else:
                    inner: JsonValue = [] if edit.path[position + 1].startswith("[") else {}
                    place = place.setdefault(part, inner)
            else:
                return None
    return patch


def _whole(becomes: JsonValue) -> Patch:
    if becomes is None:
        return {"$patch": "delete"}
    return becomes if isinstance(becomes, dict) else {}


def _member(members: list[JsonValue], keys: Patch) -> Patch:
    for member in members:
        if isinstance(member, dict) and all(member.get(key) == value for key, value in keys.items()):
            return member
    made: Patch = dict(keys)
    members.append(made)
    return made
