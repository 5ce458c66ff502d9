"""Replicas repeat each other nearly word for word; what is equal is kept once."""

from __future__ import annotations

import orjson
from pydantic import JsonValue

Object = dict[str, JsonValue]


def share(earlier: Object, later: Object) -> Object:
    """Let an object take over the parts of an earlier one that are equal to its own.

    What stands under `value` counts as its own: what it means depends on the name beside it.

    Args:
        earlier: an object like it, such as the one before in a list; it stays as it is.
        later: the object, which nobody else holds yet.

    Returns:
        The later object without the nested parts that it took over under the same names.
    """
    own: Object = {}
    for key, part in later.items():
        own[key] = part
        if type(part) is str:
            if part == earlier.get(key):
                later[key] = earlier[key]
        elif type(part) is dict or type(part) is list:
            known = earlier.get(key)
            if type(known) is not type(part):
                continue
            if part == known and _written_alike(known, part):
                later[key] = known
                if key != "value":
                    del own[key]
            elif type(part) is dict:
                own[key] = share(known, part)  # type: ignore[arg-type]  # an object too: their types are one
            else:
                _share_members(known, part)  # type: ignore[arg-type]  # as above, lists
    return own


def _share_members(earlier: list[JsonValue], later: list[JsonValue]) -> None:
    if len(earlier) != len(later):
        return
    for position, (known, member) in enumerate(zip(earlier, later, strict=True)):
        if type(member) is dict and type(known) is dict:
            if member == known and _written_alike(known, member):
                later[position] = known
            else:
                share(known, member)


def _written_alike(known: JsonValue, own: JsonValue) -> bool:
    """Tell equal things apart that are not the same: to Python true, 1 and 1.0 are equal."""
    try:
        return orjson.dumps(known) == orjson.dumps(own)
    except orjson.JSONEncodeError:
        return False
