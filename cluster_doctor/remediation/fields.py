"""Reads and sets fields of plain objects by the paths that edits name."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.steps import FieldEdit

Object = dict[str, JsonValue]
_NUMBERS = ("port", "containerPort", "hostPort", "nodePort")
"""Fields that are numbers where a member of a list is named by them."""


class ValueDiffersError(RemediationError):
    """A field is not what the plan assumes."""


def edit_of(raw: Object, path: Sequence[str], becomes: JsonValue) -> FieldEdit:
    """Plan to set one field of an object as it stands."""
    return FieldEdit(path=tuple(path), was=value_at(raw, path), becomes=becomes)


def value_at(raw: JsonValue, path: Sequence[str]) -> JsonValue:
    """The value of a field; None if it is not there."""
    found: JsonValue = raw
    for part in path:
        if part.startswith("["):
            position = position_in(found, part) if isinstance(found, list) else None
            found = found[position] if isinstance(found, list) and position is not None else None
        else:
            found = found.get(part) if isinstance(found, dict) else None
    return found


def same(one: JsonValue, other: JsonValue) -> bool:
    """Whether two values are equal as JSON: `1` is neither `1.0` nor `true`."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
        case list(), list():
            return len(one) == len(other) and all(map(same, one, other))
        case _:
            return type(one) is type(other) and one == other


def edited(raw: Object, edits: Iterable[FieldEdit]) -> Object:
    """Return a copy of an object with edits made; the object stays as it is.

    Raises:
        ValueDiffersError: a field is not what an edit assumes, or cannot be where it says.
    """
    changed = copy.deepcopy(raw)
    for edit in edits:
        now = value_at(changed, edit.path)
        if not same(now, edit.was):
            raise ValueDiffersError(
                f"{edit.place} was to be {_shown(edit.was)} and is {_shown(now)}",
                "Diagnose again; somebody changed it.",
            )
        _set(changed, edit)
    return changed


def keys_of(part: str) -> dict[str, JsonValue]:
    """The fields that name a member of a list: `[port=80,protocol=TCP]` as `{"port": 80, "protocol": "TCP"}`."""
    pairs = (pair.partition("=") for pair in part[1:-1].split(",") if "=" in pair)
    return {key: int(value) if key in _NUMBERS and value.isdigit() else value for key, _, value in pairs}


def position_in(members: list[JsonValue], part: str) -> int | None:
    """Where the member of a list stands that a part of a path names; None if none does."""
    inner = part[1:-1]
    if inner.isdigit():
        return int(inner) if int(inner) < len(members) else None
    keys = keys_of(part)
    for position, member in enumerate(members):
        if isinstance(member, dict) and keys and all(_alike(member.get(key), keys[key], key) for key in keys):
            return position
    return None


def _set(raw: Object, edit: FieldEdit) -> None:
    place: JsonValue = raw
    for part, following in zip(edit.path, edit.path[1:], strict=False):
        place = _inner(place, part, following, edit)
    last = edit.path[-1]
    if last.startswith("["):
        _set_member(place, last, edit)
    elif not isinstance(place, dict):
        raise _impossible(edit)
    elif edit.becomes is None:
        place.pop(last, None)
    else:
        place[last] = copy.deepcopy(edit.becomes)


def _inner(place: JsonValue, part: str, following: str, edit: FieldEdit) -> JsonValue:
    """Go one step down; what is missing on the way is made."""
    if part.startswith("["):
        if not isinstance(place, list):
            raise _impossible(edit)
        position = position_in(place, part)
        if position is None:
            keys = keys_of(part)
            if not keys:
                raise _impossible(edit)
            place.append(dict(keys))
            position = len(place) - 1
        return place[position]
    if not isinstance(place, dict):
        raise _impossible(edit)
    if place.get(part) is None:
        place[part] = [] if following.startswith("[") else {}
    return place[part]


def _set_member(place: JsonValue, part: str, edit: FieldEdit) -> None:
    if not isinstance(place, list):
        raise _impossible(edit)
    position = position_in(place, part)
    if edit.becomes is None:
        if position is not None:
            del place[position]
    elif position is None:
        place.append(copy.deepcopy(edit.becomes))
    else:
        place[position] = copy.deepcopy(edit.becomes)


def _alike(found: JsonValue, wanted: JsonValue, key: str) -> bool:
    return found == wanted or (key == "protocol" and found is None and wanted == "TCP")


def _impossible(edit: FieldEdit) -> ValueDiffersError:
    return ValueDiffersError(f"{edit.place} cannot be set: the object is not built so", "Repair it by hand.")


def _shown(value: JsonValue) -> str:
    return "absent" if value is None else repr(value)
