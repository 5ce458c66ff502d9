"""One digest for one content, whatever order the keys of its objects are kept in.

What a person approves is read back from the store before it is carried out, and a store may sort keys.
"""

from __future__ import annotations

import hashlib
import json

from pydantic import BaseModel


def digest_of(value: BaseModel) -> str:
    """SHA-256 over a value's canonical JSON."""
    told = json.dumps(value.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()
