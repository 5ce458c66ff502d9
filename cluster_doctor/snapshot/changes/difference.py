"""Where two versions of a specification differ, field by field.

Lists whose members have a name, such as containers and environment variables, are compared by name: a member that was
put in front of the others changes none of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from cluster_doctor.domain.change import FieldChange
from cluster_doctor.snapshot.paths import join

MOST_FIELDS = 30
"""Fields that one change tells; a template that was written anew differs everywhere."""

_NAMES = ("name", "mountPath", "containerPort", "key", "ip")
"""What tells the members of a list in a Pod template apart, as the API's merge keys do."""


def differences(before: JsonValue, after: JsonValue, *path: str | int) -> tuple[FieldChange, ...]:
    """List the fields by which two values differ.

    Args:
        before: the older value.
        after: the newer value.
        path: where both stand.
    """
    found = []
    for change in _walk(before, after, path, path):
        found.append(change)
        if len(found) == MOST_FIELDS:
            break
    return tuple(found)


def _walk(
    before: JsonValue, after: JsonValue, old: tuple[str | int, ...], new: tuple[str | int, ...]
) -> Iterator[FieldChange]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from _walk(before.get(key), after.get(key), (*old, key), (*new, key))
    elif isinstance(before, list) and isinstance(after, list) and (name := _name_of(before, after)):
        yield from _members(before, after, name, old, new)
    else:
        yield FieldChange(path=join(*(old if after is None else new)), before=_ordered(before), after=_ordered(after))


def _ordered(value: JsonValue) -> JsonValue:
    """Order keys: a recording keeps them by the alphabet, an API server as its types do."""
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    return [_ordered(member) for member in value] if isinstance(value, list) else value


def _members(
    before: list[JsonValue], after: list[JsonValue], name: str, old: tuple[str | int, ...], new: tuple[str | int, ...]
) -> Iterator[FieldChange]:
    was, now = _by_name(before, name), _by_name(after, name)
    for key, (at, member) in now.items():
        then = was.get(key)
        yield from _walk(then[1] if then else None, member, (*old, then[0] if then else at), (*new, at))
    for key, (at, member) in was.items():
        if key not in now:
            yield from _walk(member, None, (*old, at), (*new, at))


def _name_of(before: list[JsonValue], after: list[JsonValue]) -> str:
    """The key by which all members of both lists are told apart; empty if there is none."""
    members = [*before, *after]
    if not all(isinstance(member, dict) for member in members):
        return ""
    for name in _NAMES:
        if len(_by_name(before, name)) == len(before) and len(_by_name(after, name)) == len(after):
            return name
    return ""


def _by_name(members: list[JsonValue], name: str) -> dict[JsonValue, tuple[int, JsonValue]]:
    return {
        member[name]: (at, member)
        for at, member in enumerate(members)
        if isinstance(member, dict) and isinstance(member.get(name), str | int)
    }
