"""Takes the way from one value to another apart into single changes, so that each can be made and checked by itself."""

from __future__ import annotations

import copy
from dataclasses import dataclass

from pydantic import JsonValue

from cluster_doctor.remediation.fields import same

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Difference:
    """One change: the value at `path` becomes another, or goes if `gone`. A path that is not there yet is made."""

    path: Path
    becomes: JsonValue = None
    gone: bool = False

    def __str__(self) -> str:
        """`spec.ports[0].port`."""
        return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.path).lstrip(".")


def first_difference(old: JsonValue, new: JsonValue, path: Path = ()) -> Difference | None:
    """The first change on the way from one value to another; None if they are the same.

    Members of lists are taken out and changed in place; new ones come at the end.
    """
    match old, new:
        case dict(), dict():
            for key, value in old.items():
                if key not in new:
                    return Difference((*path, key), gone=True)
                if found := first_difference(value, new[key], (*path, key)):
                    return found
            return next((Difference((*path, key), value) for key, value in new.items() if key not in old), None)
        case list(), list():
            for position, (before, after) in enumerate(zip(old, new, strict=False)):
                if not same(before, after):
                    if len(old) > len(new):
                        return Difference((*path, position), gone=True)
                    return first_difference(before, after, (*path, position))
            if len(old) > len(new):
                return Difference((*path, len(new)), gone=True)
            return Difference((*path, len(old)), new[len(old)]) if len(new) > len(old) else None
        case _:
            return None if same(old, new) else Difference(path, new)


def with_difference(old: JsonValue, difference: Difference) -> JsonValue:
    """A copy of a value with one change made."""
    if not difference.path:
        return copy.deepcopy(difference.becomes)
    whole = copy.deepcopy(old)
    place: JsonValue = whole
    *way, last = difference.path
    for part in way:
        place = _at(place, part)
    match place, last:
        case dict(), str():
            if difference.gone:
                del place[last]
            else:
                place[last] = copy.deepcopy(difference.becomes)
        case list(), int():
            if difference.gone:
                del place[last]
            else:
                place[last:] = [copy.deepcopy(difference.becomes), *place[last + 1 :]]
        case _:
            raise TypeError(f"{difference} does not lie in the value")
    return whole


def value_below(value: JsonValue, path: Path) -> JsonValue:
    """The value at a path that is there."""
    for part in path:
        value = _at(value, part)
    return value


def _at(place: JsonValue, part: str | int) -> JsonValue:
    match place, part:
        case (dict(), str()):
            return place[part]
        case (list(), int()):
            return place[part]
        case _:
            raise TypeError(f"nothing lies at {part!r}")
