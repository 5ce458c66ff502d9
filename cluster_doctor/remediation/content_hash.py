"""Tells whether the name of a ConfigMap is made from certain contents, as kustomize's generators do.

Such a name ends in ten digits of a SHA-256 over `data` and `binaryData`. Where the object is gone, the name that a
workload still asks for says what was in it. Source: sigs.k8s.io/kustomize, api/hasher.
"""

from __future__ import annotations

import hashlib
import json

from pydantic import JsonValue

from cluster_doctor.snapshot.views import ConfigMap

_DIGITS = 10
_SPELLING = str.maketrans("013ae", "ghkmt")
"""Digits that could make words, or be mistaken, are written as others."""
_ESCAPED = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}
"""What Go's JSON escapes beyond what Python's does."""


def is_named_by(name: str, held: ConfigMap) -> bool:
    """Whether a name ends in the hash of what a ConfigMap holds; not for an empty one, of which there are many."""
    _, mark, suffix = name.rpartition("-")
    return bool(mark and held.keys) and len(suffix) == _DIGITS and suffix == _hash_of(held)


def _hash_of(held: ConfigMap) -> str:
    content: dict[str, JsonValue] = {"kind": "ConfigMap", "name": "", "data": held.raw.get("data") or ""}
    if held.raw.get("binaryData"):
        content["binaryData"] = held.raw["binaryData"]
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).translate(_ESCAPED)
    return hashlib.sha256(written.encode()).hexdigest()[:_DIGITS].translate(_SPELLING)
