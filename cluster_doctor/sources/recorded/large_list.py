"""Reads a list of objects that is too large to be parsed in one piece, as `kubectl get -A -o json` writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.sources.recorded.parts import Parts, parts_in
from cluster_doctor.sources.recorded.reading import CountedFile

_AT_ONCE = 500
_HEAD = re.compile(rb"\s*\{[^{\[]*\"(?:items|metadata)\"\s*:")
_KIND = re.compile(rb"\"kind\"\s*:\s*\"(\w*)List\"")


class UnreadableListError(UnreadableInput):
    """A list breaks off; what stood before was read."""


def begins_list(start: bytes) -> bool:
    """Tell a list in JSON by its beginning."""
    return _HEAD.match(start) is not None and b'"items"' in start


def stream_list(file: CountedFile, start: bytes, name: str) -> Iterator[Parts]:
    """Yield the members of a list, some hundred at once.

    Args:
        file: the whole of it.
        start: its first bytes, where a list of one kind says which.
        name: what to call it in errors.

    Raises:
        UnreadableListError: it is broken after what was yielded.
    """
    import ijson  # noqa: PLC0415 - few people have such files

    found = _KIND.search(start.partition(b'"items"')[0])
    kind = found[1].decode() if found else ""
    members = ijson.items(file, "items.item", use_float=True)
    try:
        while some := list(islice(members, _AT_ONCE)):
            yield parts_in([{"kind": f"{kind}List", "items": some}])
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise UnreadableListError(
            f"{name} holds broken JSON: {' '.join(str(error).split())[:200]}",
            "Was it cut off? Run the command that made it again.",
        ) from error
