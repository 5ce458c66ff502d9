"""Facts that a statement cites."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, JsonValue, field_serializer

from cluster_doctor.domain.refs import ObjectRef


class EvidenceSource(StrEnum):
    """Where a fact was read."""

    OBJECT = "object"
    EVENT = "event"
    LOG = "log"
    METRIC = "metric"
    ALERT = "alert"
    PROBE = "probe"
    NODE_SERVICE = "node-service"
    ABSENCE = "absence"
    TEXT = "text"


class Evidence(BaseModel):
    """One cited fact.

    `path` is a dotted path into the subject (`spec.containers[0].image`) for objects, and names the line,
    series or probe for other sources. `command` shows the fact again to a person.
    """

    model_config = ConfigDict(frozen=True)

    subject: ObjectRef
    source: EvidenceSource
    path: str
    value: JsonValue
    observed_at: datetime | None = None
    command: str = ""

    @field_serializer("value")
    def _in_one_order(self, value: JsonValue) -> JsonValue:
        """Write equal values equally: servers, kubectl and recordings order the keys of an object differently."""
        return _ordered(value)

    @property
    def id(self) -> str:
        """Content hash of what was observed, 12 hexadecimal digits."""
        body = json.dumps(
            [self.subject.key, self.source, self.path, self.value], sort_keys=True, ensure_ascii=False, default=str
        )
        return hashlib.sha256(body.encode()).hexdigest()[:12]


def _ordered(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    return [_ordered(member) for member in value] if isinstance(value, list) else value
