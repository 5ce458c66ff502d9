"""Gathers partial accounts of objects, and hands each object over once, whole."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from enum import IntEnum

import orjson
from pydantic import JsonValue

from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.paths import dig, integer, mapping, text
from cluster_doctor.sources.terminal.merge import JsonObject, deep_merge, without_absent

Key = tuple[str, str, str]


HIDING = frozenset(
    {"Pod", "Service", "ConfigMap", "Secret", "Node", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job",
     "CronJob", "Ingress", "NetworkPolicy", "Endpoints", "EndpointSlice", "LimitRange", "HorizontalPodAutoscaler"}
)  # fmt: skip
"""Kinds whose rows leave out what they are compared by: labels, target ports, keys, taints, templates."""


class Detail(IntEnum):
    """How much an account of an object is worth; a higher one wins where two differ."""

    MANIFEST = 0
    GUESSED = 1
    ROW = 2
    SUMMARY = 3
    DESCRIBED = 4
    FULL = 5


class Partials:
    """Accounts of objects, in whatever order they come.

    The result does not depend on the order: accounts are merged by rising detail, those of one detail in the
    order of their text. A manifest alone makes no object, because it tells what somebody wanted and not what
    there is.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._accounts: dict[Key, dict[Detail, list[JsonObject]]] = defaultdict(lambda: defaultdict(list))
        self._events: dict[str, JsonObject] = {}
        self._covered: set[tuple[str, str | None, str | None]] = set()
        self._listed: set[tuple[str, str | None]] = set()

    def add(self, account: JsonObject, detail: Detail) -> None:
        """Add an account; one without kind and name is ignored."""
        kind, name = text(account, "kind"), text(account, "metadata", "name")
        if not kind or not name:
            return
        if kind == "Event" and dig(account, "involvedObject"):
            self._events.setdefault(f"{text(account, 'metadata', 'namespace')}/{name}", account)
            return
        accounts = self._accounts[(kind, text(account, "metadata", "namespace"), name)][detail]
        if account not in accounts:
            accounts.append(account)

    def add_event(self, event: JsonObject) -> None:
        """Add one sighting of an Event; sightings of the same statement about the same object are one Event."""
        key = f"{text(event, 'metadata', 'namespace')}/{text(event, 'metadata', 'name')}"
        known = self._events.get(key)
        self._events[key] = event if known is None else _join_events(known, event)

    def cover(self, kind: str, namespace: str | None = None, name: str | None = None) -> None:
        """Declare what was read to its end, as `SnapshotBuilder.cover` takes it."""
        self._covered.add((kind, namespace, name))

    def list_rows(self, kind: str, namespace: str | None) -> None:
        """Declare that a table of a kind was read to its end; None means all namespaces."""
        self._listed.add((kind, namespace))

    def names_of(self, kind: str, namespace: str | None) -> list[str]:
        """Names of the objects of a kind that somebody saw."""
        return [
            name
            for (known, where, name), accounts in self._accounts.items()
            if known == kind and where == (namespace or "") and accounts.keys() - {Detail.MANIFEST}
        ]

    def flush(self, builder: SnapshotBuilder, *, rows_suffice: bool = False) -> None:
        """Hand everything to a builder, in an order of its own.

        A table covers its kind only if it hides nothing that matters, or if each of its objects was also
        read in full: a Pod whose labels nobody printed must not count as a Pod without labels.

        Args:
            builder: where everything goes.
            rows_suffice: tables cover their kinds in any case, because the objects were read in full as far
                as they lived that long.
        """
        for key in sorted(self._accounts):
            accounts = self._accounts[key]
            if set(accounts) != {Detail.MANIFEST}:
                builder.add(_whole(accounts))
        for _, event in sorted(self._events.items()):
            builder.add(event)
        for kind, namespace, name in self._covered:
            builder.cover(kind, namespace, name)
        for kind, namespace in self._listed:
            if rows_suffice or kind not in HIDING or self._read_in_full(kind, namespace):
                builder.cover(kind, namespace)

    def _read_in_full(self, kind: str, namespace: str | None) -> bool:
        return all(
            max(accounts) >= Detail.DESCRIBED or (kind == "Pod" and _shows_labels(accounts.get(Detail.ROW, [])))
            for (known, where, _), accounts in self._accounts.items()
            if known == kind and namespace in (None, where) and set(accounts) != {Detail.MANIFEST}
        )


def _shows_labels(rows: list[JsonObject]) -> bool:
    return any("labels" in mapping(row, "metadata") for row in rows)


def _whole(accounts: dict[Detail, list[JsonObject]]) -> JsonValue:
    merged: JsonObject = {}
    for detail in sorted(accounts):
        same = accounts[detail]
        if len(same) > 1:
            same = sorted(same, key=lambda account: orjson.dumps(account, option=orjson.OPT_SORT_KEYS))
        for account in same:
            merged = deep_merge(merged, account)
    if merged.get("kind") == "Secret" and merged.get("data"):
        merged.pop("keys", None)
    return without_absent(merged)


def new_object(kind: str, name: str, namespace: str | None, api_version: str = "") -> JsonObject:
    """Begin an account of an object."""
    known = BY_KIND.get(kind)
    metadata: JsonObject = {"name": name}
    if namespace and (known is None or known.namespaced):
        metadata["namespace"] = namespace
    return {
        "apiVersion": api_version or (known.api_version if known else "v1"),
        "kind": kind,
        "metadata": metadata,
    }


def new_event(  # noqa: PLR0913 - the columns of the table
    about: JsonObject,
    *,
    kind: str,
    reason: str,
    message: str,
    component: str = "",
    count: int = 1,
    first: str | None = None,
    last: str | None = None,
) -> JsonObject:
    """Make a core/v1 Event about an object, given as `kind`, `name` and `namespace`.

    kubectl does not print an Event's name. It gets one from what makes two sightings the same Event: object,
    type, reason and message.
    """
    namespace = str(about.get("namespace") or "default")
    named = str(about.get("name", ""))
    key = "\0".join((str(about.get("kind", "")), str(about.get("namespace", "")), named, kind, reason, message))
    event: JsonObject = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{named}.{hashlib.sha256(key.encode()).hexdigest()[:12]}", "namespace": namespace},
        "involvedObject": about,
        "type": kind,
        "reason": reason,
        "message": message,
        "count": count,
        "source": {"component": component} if component else {},
    }
    if first:
        event["firstTimestamp"] = first
    if last:
        event["lastTimestamp"] = last
    return event


def _join_events(one: JsonObject, other: JsonObject) -> JsonObject:
    joined = {
        **one,
        "count": max(integer(one, "count"), integer(other, "count")),
        "source": max((one["source"], other["source"]), key=lambda source: (bool(source), orjson.dumps(source))),
    }
    for field, chosen in (("firstTimestamp", min), ("lastTimestamp", max)):
        moments = [moment for event in (one, other) if (moment := text(event, field))]
        if moments:
            joined[field] = chosen(moments)
    return joined
