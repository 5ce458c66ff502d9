"""What travels from node to node.

Snapshots and results lie in the evidence store; the state names them by hash. That keeps checkpoints small, and
lets a run go on from any of them.
"""

from __future__ import annotations

import operator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError
from typing_extensions import TypedDict  # of which pydantic makes a schema, for Studio, on Python 3.11 too

from cluster_doctor.domain.errors import RunError
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.model_use import ModelChoice
from cluster_doctor.domain.remediation import Approval, Outcome
from cluster_doctor.domain.rule_choice import RuleChoice


class CaseState(TypedDict, total=False):
    """One incident under investigation, as plain JSON. `Case` tells what each field means."""

    run_id: str
    incident: dict[str, JsonValue]
    place: dict[str, JsonValue]
    runbooks: str
    rules: dict[str, JsonValue]
    repositories: list[str]
    replays: str
    varied: list[str]
    recorded: dict[str, JsonValue]
    model: dict[str, JsonValue] | None
    prompts: str
    asks_anew: bool
    recollection: str
    readings: str
    snapshot: str
    identity_note: str
    claims: str
    diagnosis: str
    leaves_open: bool
    suspects: str
    inquiries: Annotated[list[str], operator.add]
    model_use: str
    triage: str
    plans: str
    digest: str
    rehearsal: str
    approval: dict[str, JsonValue]
    approvals: list[JsonValue]
    awaits: str
    objection: str
    outcome: dict[str, JsonValue]


class CaseInput(TypedDict, total=False):
    """What a case begins with: the incident, where to look, and, if it has one, the name of the run.

    It may name a folder of runbooks, which rules are run, repositories where changes may be proposed, the chat model
    that may be asked (with a folder of prompts), and the run that it replays, of which it brings the recollection, what
    became of its plans, and how this one differs from it.
    """

    run_id: str
    incident: dict[str, JsonValue]
    place: dict[str, JsonValue]
    runbooks: str
    rules: dict[str, JsonValue]
    repositories: list[str]
    replays: str
    varied: list[str]
    recorded: dict[str, JsonValue]
    model: dict[str, JsonValue] | None
    prompts: str
    asks_anew: bool
    recollection: str


class Suspicion(CaseState, total=False):
    """A case with the one of its hypotheses that a branch looks into."""

    suspect: int


class Place(BaseModel):
    """Where to look, in words that outlive the process.

    `path` (with `form`) names a recording, `snapshot` one in the evidence store; else it is a live cluster.
    `handed_over` marks a source that the caller passed as an object: it cannot be opened from these words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str | None = None
    form: str | None = None
    snapshot: str | None = None
    kubeconfig: str | None = None
    context: str | None = None
    prometheus: str | None = None
    alertmanager: str | None = None
    handed_over: str | None = None


Hash = Annotated[str, Field(pattern="^([0-9a-f]{64})?$")]


class RecordedRepair(BaseModel):
    """What became of the plans of a run on record: all that a replay cannot find out anew, for want of a cluster."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plans: Hash = ""
    digest: Hash = ""
    rehearsal: Hash = ""
    outcome: Outcome | None = None

    def update(self) -> CaseState:
        """What it adds to the state of a case with the same plans."""
        found: CaseState = {"digest": self.digest, "rehearsal": self.rehearsal}
        if self.outcome is not None:
            found["outcome"] = self.outcome.model_dump(mode="json")
        return found


class Case(BaseModel):
    """`CaseState`, validated. What a node has not come to yet is empty.

    `snapshot`, `claims`, `diagnosis`, `recollection`, `triage`, `plans` and `rehearsal` are hashes in the evidence
    store; `digest` is that which an approval has to name. `runbooks` is a folder; the history's own if it is empty.
    `rules` says which are run; ours if it is empty.
    `repositories` are folders and URLs; `replays` names a run, and `varied` says in sentences how this one differs from
    it; `recorded` is what became of its plans. `approvals` are those that count so far, and `awaits` is what they lack;
    `approval` is the last answer, and all of them as one once nothing is lacking.

    `model` may be asked about what the rules leave open, by the prompts of a folder where `prompts` names one; a replay
    has its answers from the record unless it `asks_anew`. `readings` is the hash of how it read the report, `suspects`
    that of what it named, `suspect` the number of the one that a branch looks into, `inquiries` are hashes of what that
    brought, `model_use` of what it took.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str = Field(default="", pattern="^[A-Za-z0-9._-]{0,80}$")
    incident: Incident = Incident()
    place: Place = Place()
    runbooks: str = ""
    rules: RuleChoice = RuleChoice()
    repositories: tuple[str, ...] = ()
    replays: str = Field(default="", pattern="^[A-Za-z0-9._-]{0,80}$")
    varied: tuple[str, ...] = ()
    recorded: RecordedRepair = RecordedRepair()
    model: ModelChoice | None = None
    prompts: str = ""
    asks_anew: bool = False
    recollection: Hash = ""
    readings: Hash = ""
    snapshot: Hash = ""
    identity_note: str = ""
    claims: Hash = ""
    diagnosis: Hash = ""
    leaves_open: bool = False
    suspects: Hash = ""
    suspect: int = Field(default=0, ge=0)
    inquiries: tuple[Hash, ...] = ()
    model_use: Hash = ""
    triage: Hash = ""
    plans: Hash = ""
    digest: Hash = ""
    rehearsal: Hash = ""
    approval: Approval | None = None
    approvals: tuple[Approval, ...] = ()
    awaits: str = ""
    objection: str = ""
    outcome: Outcome | None = None

    @property
    def repair(self) -> RecordedRepair:
        """What became of its plans."""
        return RecordedRepair(plans=self.plans, digest=self.digest, rehearsal=self.rehearsal, outcome=self.outcome)

    @classmethod
    def read(cls, state: object) -> Case:
        """Validate a state, because a checkpoint is a file that anybody may have touched.

        Raises:
            RunError: the state is not what nodes write.
        """
        try:
            return cls.model_validate(state)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the state"
            raise RunError(
                f"the case on record is damaged: {where}: {first['msg']}",
                "Start it again with `cluster-doctor diagnose`.",
            ) from error
