"""What was altered in a cluster, and when."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, JsonValue

from cluster_doctor.domain.coverage import Gap
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.refs import ObjectRef

CHANGES_VERSION = "1"


class ChangeKind(StrEnum):
    """What was altered.

    ROLLOUT: a workload's Pod template. CONFIGURATION: a ConfigMap, Secret or what Pods are given besides. SCALING: how
    many Pods there shall be. NODE: a node came, was closed to Pods or changed its state. POLICY: what limits, admits or
    separates Pods. TRAFFIC: where requests go. JOB: a run of a Job began. DELIVERY: a tool applied a version.
    """

    ROLLOUT = "rollout"
    CONFIGURATION = "configuration"
    SCALING = "scaling"
    NODE = "node"
    POLICY = "policy"
    TRAFFIC = "traffic"
    JOB = "job"
    DELIVERY = "delivery"


class FieldChange(BaseModel):
    """One field before and after; None is a value too: "not set".

    `path` is that in the object which has the newer value, or, where a member was taken out, in the older one.
    """

    model_config = ConfigDict(frozen=True)

    path: str
    before: JsonValue
    after: JsonValue


class Change(BaseModel):
    """One change. It tells of an origin, and is never a cause by itself.

    `at` is None where its time is not known, or lies so far after the picture that some clock is wrong. `by` names who
    made it, as far as that was written down: a person, a controller, a tool. `version` is the commit, chart version or
    revision that came with it.
    """

    model_config = ConfigDict(frozen=True)

    kind: ChangeKind
    subject: ObjectRef
    statement: str
    at: datetime | None = None
    by: str = ""
    version: str = ""
    fields: tuple[FieldChange, ...] = ()
    evidence: tuple[Evidence, ...]


class Touch(StrEnum):
    """How closely a change concerns a cause, closest first."""

    FIELD = "the field that the cause names"
    OBJECT = "the object itself"
    RELATED = "what the object depends on"


class PriorChange(BaseModel):
    """A change before the first symptom of a cause.

    `lead` tells how many seconds it came before that; None where one of the two times is not known.
    """

    model_config = ConfigDict(frozen=True)

    change: Change
    touch: Touch
    lead: float | None = None


class ChangeList(BaseModel):
    """What changed in a scope. Its JSON form is a contract; `docs/changes.schema.json` holds it.

    `changes` are the newest first, those whose time is not known last. `left_out` counts those beyond the bound.
    """

    model_config = ConfigDict(frozen=True)

    schema_version: str = CHANGES_VERSION
    source: str
    taken_at: datetime
    since: datetime
    changes: tuple[Change, ...] = ()
    left_out: int = 0
    gaps: tuple[Gap, ...] = ()
