"""Reads a list to its end, page by page."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import JsonValue

from cluster_doctor.domain.coverage import GapReason
from cluster_doctor.snapshot.paths import text
from cluster_doctor.sources.live.discovery import ServedKind
from cluster_doctor.sources.live.reader import ApiReader
from cluster_doctor.sources.wire.failure import ReadFailure

RESTARTS = 2
_GONE = 410


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
    pages: int = 60
    covers: bool = True


@dataclass(frozen=True, slots=True)
class Listing:
    """Objects of one list. `failure` tells why it was not read to its end; what was read until then is true."""

    request: ListRequest
    items: tuple[JsonValue, ...]
    failure: ReadFailure | None = None


def read_list(reader: ApiReader, request: ListRequest) -> Listing:
    """Read a list; when the server has forgotten where we were (410), begin again.

    Source: kubernetes.io, "API concepts: Retrieving large results sets in chunks".
    """
    for _ in range(RESTARTS + 1):
        listing = _read_once(reader, request)
        if listing.failure is None or listing.failure.status != _GONE:
            return listing
    return Listing(
        request,
        listing.items,
        ReadFailure(GapReason.TRUNCATED, f"the list expired {RESTARTS + 1} times while it was read", status=_GONE),
    )


def _read_once(reader: ApiReader, request: ListRequest) -> Listing:
    items: list[JsonValue] = []
    query: dict[str, str | int] = {"limit": reader.limits.page}
    if request.label_selector:
        query["labelSelector"] = request.label_selector
    if request.field_selector:
        query["fieldSelector"] = request.field_selector
    path = request.served.path(request.namespace)
    for _ in range(request.pages):
        try:
            page = reader.json(path, query)
            items += _members(page, request.served, path)
        except ReadFailure as failure:
            return Listing(request, tuple(items), failure)
        token = text(page, "metadata", "continue")
        if not token:
            return Listing(request, tuple(items))
        query["continue"] = token
    cut = ReadFailure(GapReason.TRUNCATED, f"only the first {len(items)} were read")
    return Listing(request, tuple(items), cut)


def _members(page: dict[str, JsonValue], served: ServedKind, path: str) -> list[JsonValue]:
    """Members of a page, each with the kind and version that a list leaves out."""
    kind, members = text(page, "kind"), page.get("items")
    if not kind.endswith("List") or "items" not in page or not isinstance(members, list | None):
        raise ReadFailure(GapReason.UNREADABLE, f"{path} answered with {kind or 'an object'} instead of a list")
    return [
        {**member, "apiVersion": served.api_version, "kind": served.kind} if isinstance(member, dict) else member
        for member in members or []
    ]
