"""Dotted paths into JSON: `spec.containers[0].image`, `data['key.with.dots']`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

JsonObject = Mapping[str, JsonValue]

_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]|\['((?:[^']|'')*)'\]")


def steps(path: str) -> Iterator[str | int]:
    """Split a path into keys and list positions."""
    for name, position, quoted in _STEP.findall(path):
        if position:
            yield int(position)
        else:
            yield quoted.replace("''", "'") if quoted else name


def join(*parts: str | int) -> str:
    """Build a path from keys and list positions, quoting keys that hold dots or brackets."""
    out = ""
    for part in parts:
        if isinstance(part, int):
            out += f"[{part}]"
        elif re.search(r"[.\[\]'/]", part):
            out += "['" + part.replace("'", "''") + "']"
        else:
            out += f".{part}" if out else part
    return out


def dig(value: JsonValue | JsonObject, *path: str | int) -> JsonValue:
    """Walk into nested JSON; None where a step leads nowhere or the shape is unexpected."""
    here: object = value
    for step in path:
        if isinstance(here, dict):  # what parsers return; asking for a Mapping in general costs many times as much
            here = here.get(step)
        elif isinstance(here, list):
            if not isinstance(step, int) or not -len(here) <= step < len(here):
                return None
            here = here[step]
        else:
            return None
    return here  # type: ignore[return-value]  # a part of JSON is JSON


def resolve(value: JsonValue | JsonObject, path: str) -> JsonValue:
    """Look a dotted path up; None where it leads nowhere."""
    return dig(value, *steps(path))


def text(value: JsonValue | JsonObject, *path: str | int) -> str:
    """Read a string; empty where there is none."""
    here: object = value
    for step in path:  # not by `dig`: nothing is asked more often, and nearly always of objects alone
        if not isinstance(here, dict):
            found = dig(value, *path)
            return found if isinstance(found, str) else ""
        here = here.get(step)
    return here if isinstance(here, str) else ""


def integer(value: JsonValue | JsonObject, *path: str | int, default: int = 0) -> int:
    """Read a whole number, also one written as a string."""
    found = dig(value, *path)
    if isinstance(found, bool):
        return default
    if isinstance(found, int):
        return found
    if isinstance(found, float) and found.is_integer():
        return int(found)
    return int(found) if isinstance(found, str) and re.fullmatch(r"-?\d{1,18}", found) else default


def flag(value: JsonValue | JsonObject, *path: str | int) -> bool:
    """Read a boolean; False where there is none."""
    return dig(value, *path) is True


def mapping(value: JsonValue | JsonObject, *path: str | int) -> dict[str, JsonValue]:
    """Read an object; empty where there is none."""
    found = dig(value, *path)
    return found if isinstance(found, dict) else {}


def strings(value: JsonValue | JsonObject, *path: str | int) -> dict[str, str]:
    """Read an object whose values are scalars, as strings; other values are left out."""
    return {
        key: found if isinstance(found, str) else str(found).lower() if isinstance(found, bool) else str(found)
        for key, found in mapping(value, *path).items()
        if isinstance(found, (str, int, float))
    }


def objects(value: JsonValue | JsonObject, *path: str | int) -> list[tuple[int, dict[str, JsonValue]]]:
    """Read a list of objects with their positions; members of another shape are left out."""
    found = dig(value, *path)
    if not isinstance(found, list):  # most often there is none
        return []
    return [(position, member) for position, member in enumerate(found) if isinstance(member, dict)]


def words(value: JsonValue | JsonObject, *path: str | int) -> list[str]:
    """Read a list of strings; members of another shape are left out."""
    found = dig(value, *path)
    return [member for member in found if isinstance(member, str)] if isinstance(found, list) else []
