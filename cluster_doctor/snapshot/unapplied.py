"""Tells manifests from objects that an API server has seen."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

_WRITTEN_BY_SERVERS = ("uid", "resourceVersion", "creationTimestamp", "generation", "selfLink", "managedFields")


def bears_trace(raw: Mapping[str, JsonValue]) -> bool:
    """Tell whether an API server or a controller has left its mark on an object: identity, times or a status.

    An empty status and `creationTimestamp: null` are what generators write into manifests.
    """
    metadata = raw.get("metadata")
    written = isinstance(metadata, dict) and any(metadata.get(field) for field in _WRITTEN_BY_SERVERS)
    return bool(written or raw.get("status"))
