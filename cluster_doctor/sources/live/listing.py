"""Reads a list to its end, page by page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pydantic import JsonValue

from cluster_doctor.domain.coverage import GapReason
from cluster_doctor.domain.inheriting_pool import InheritingPool
from cluster_doctor.snapshot.builder import Entry
from cluster_doctor.snapshot.paths import text
from cluster_doctor.sources.live.discovery import ServedKind
from cluster_doctor.sources.live.reader import ApiReader
from cluster_doctor.sources.wire.failure import ReadFailure

RESTARTS = 2
_GONE = 410
_MANY = 100


Admit = Callable[[object, Entry | None], Entry]
"""Leads an object through the door, given the one before it."""


@dataclass(frozen=True, slots=True)
class ListRequest:
    """One list to read.

    Attributes:
        served: the kind.
        namespace: the namespace; None reads all of them.
        label_selector: narrows the list.
        field_selector: narrows the list.
        pages: pages to read at the most.
        covers: whether what the list does not hold is absent, although a selector may have narrowed it.
    """

    served: ServedKind
    namespace: str | None = None
    label_selector: str = ""
    field_selector: str = ""
    pages: int = 150
    covers: bool = True


@dataclass(frozen=True, slots=True)
class Listing:
    """Objects of one list, led through the door.

    `failure` tells why the list was not read to its end; what was read until then is true.
    """

    request: ListRequest
    items: tuple[Entry, ...]
    failure: ReadFailure | None = None


def read_list(reader: ApiReader, request: ListRequest, admit: Admit) -> Listing:
    """Read a list; when the server has forgotten where we were (410), begin again.

    Each page is led through the door at once, so that what does not pass takes room for one page only.

    Source: kubernetes.io, "API concepts: Retrieving large results sets in chunks".
    """
    for _ in range(RESTARTS + 1):
        listing = _read_once(reader, request, admit)
        if listing.failure is None or listing.failure.status != _GONE:
            return listing
    return Listing(
        request,
        listing.items,
        ReadFailure(GapReason.TRUNCATED, f"the list expired {RESTARTS + 1} times while it was read", status=_GONE),
    )


def _read_once(reader: ApiReader, request: ListRequest, admit: Admit) -> Listing:
    """Read a list once; while a page is led through the door, the server works on the next."""
    items: list[Entry] = []
    query: dict[str, str | int] = {"limit": reader.limits.page}
    if request.label_selector:
        query["labelSelector"] = request.label_selector
    if request.field_selector:
        query["fieldSelector"] = request.field_selector
    path = request.served.path(request.namespace)
    with InheritingPool(1, thread_name_prefix="read-ahead") as pool:
        try:
            coming: Callable[[], dict[str, JsonValue]] = partial(reader.json, path, query)
            for number in range(1, request.pages + 1):
                page = coming()
                members, token = _members(page, path), text(page, "metadata", "continue")
                del page
                if token and number < request.pages:
                    coming = reader.ahead(path, {**query, "continue": token}, pool)
                _take(members, request.served, admit, items)
                if not token:
                    return Listing(request, tuple(items))
        except ReadFailure as failure:
            return Listing(request, tuple(items), failure)
    cut = ReadFailure(GapReason.TRUNCATED, f"only the first {len(items)} were read")
    return Listing(request, tuple(items), cut)


def _take(members: list[JsonValue], served: ServedKind, admit: Admit, items: list[Entry]) -> None:
    """Lead the members of a page through the door, letting go of each at once.

    What members have in common is kept once where there are many.
    """
    members.reverse()
    while members:
        member = members.pop()
        if isinstance(member, dict):  # a list leaves out what its members are
            member["apiVersion"], member["kind"] = served.api_version, served.kind
        items.append(admit(member, items[-1] if len(items) >= _MANY else None))


def _members(page: dict[str, JsonValue], path: str) -> list[JsonValue]:
    kind, members = text(page, "kind"), page.get("items")
    if not kind.endswith("List") or "items" not in page or not isinstance(members, list | None):
        raise ReadFailure(GapReason.UNREADABLE, f"{path} answered with {kind or 'an object'} instead of a list")
    return members or []
