"""Replicas repeat each other nearly word for word; what is equal is kept once."""

from __future__ import annotations

import orjson
from pydantic import JsonValue

Object = dict[str, JsonValue]
_NESTED = (dict, list)


def share(earlier: Object, later: Object) -> None:
    """Let an object take over the parts of an earlier one that are equal to its own.

    Args:
        earlier: an object like it, such as the one before in a list; it stays as it is.
        later: the object, which nobody else holds yet.
    """
    for key, own in later.items():
        if type(own) is str:
            if own == earlier.get(key):
                later[key] = earlier[key]
        elif type(own) in _NESTED and key in earlier:
            later[key] = _shared(earlier[key], own)


def _shared(known: JsonValue, own: JsonValue) -> JsonValue:
    if type(known) is not type(own):
        return own
    if own == known and _written_alike(known, own):
        return known
    if type(own) is dict:
        share(known, own)  # type: ignore[arg-type]  # an object too: their types are one
    elif len(known) == len(own):  # type: ignore[arg-type]  # as above, lists
        for position, member in enumerate(own):  # type: ignore[arg-type]
            if type(member) is dict:
                own[position] = _shared(known[position], member)  # type: ignore[index]
    return own


def _written_alike(known: JsonValue, own: JsonValue) -> bool:
    """Tell equal things apart that are not the same: to Python true, 1 and 1.0 are equal."""
    try:
        return orjson.dumps(known) == orjson.dumps(own)
    except orjson.JSONEncodeError:
        return False
