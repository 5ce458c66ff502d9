"""What happened before, as it is told beside a root cause."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from cluster_doctor.domain.refs import ObjectRef

PAST_INCIDENTS_VERSION = "1"


class Judgement(BaseModel):
    """What a person said afterwards of a cause that a run named: whether it was right, and what helped."""

    model_config = ConfigDict(frozen=True)

    confirmed: bool
    helped: str = ""
    by: str
    at: datetime


class PastIncident(BaseModel):
    """A root cause that a finished run named.

    `at` is when the picture was taken in which it was seen. `fingerprint` is that of the causal chain,
    `kind_fingerprint` that of the chain without the object, `cause_fingerprint` that of the cause without the chain;
    the first two are empty for runs from before they were kept. `healed_by` is the change after which the run saw that
    the cause was gone; empty where it saw none. `other_cluster` says that the clusters' identities
    contradict each other.
    """

    model_config = ConfigDict(frozen=True)

    run_id: str
    at: datetime
    incident: str = ""
    subject: ObjectRef
    rule: str
    statement: str
    fingerprint: str = ""
    kind_fingerprint: str = ""
    cause_fingerprint: str
    judgement: Judgement | None = None
    healed_by: str = ""
    other_cluster: bool = False


class Likeness(StrEnum):
    """How a past incident resembles a present cause, most alike first.

    LASTING: the same chain at the same object, begun at the same time: it was looked at already. SAME: the same chain
    at the same object. CAUSE: the same cause at the same object, with other symptoms. KIND: the same kind of cause and
    chain at another object.
    """

    LASTING = "lasting"
    SAME = "same"
    CAUSE = "cause"
    KIND = "kind"


class Recurrence(BaseModel):
    """Past incidents that resemble a cause in one way. It is context, and changes no confidence.

    `times` counts incidents, not runs: pictures of one beginning are one, and so are runs on one picture. `judged` are
    the latest of which a person said something.
    """

    model_config = ConfigDict(frozen=True)

    likeness: Likeness
    times: int
    last: PastIncident
    judged: tuple[PastIncident, ...] = ()


class PastIncidentList(BaseModel):
    """The result of a search for past incidents, best match first, then the newest.

    Its JSON form is a contract; `docs/search.schema.json` holds it. `more` says that there are others beyond the bound.
    """

    model_config = ConfigDict(frozen=True)

    schema_version: str = PAST_INCIDENTS_VERSION
    incidents: tuple[PastIncident, ...] = ()
    more: bool = False
