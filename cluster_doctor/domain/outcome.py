"""What became of a step."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from cluster_doctor.domain.steps import FieldEdit


class StepState(StrEnum):
    """How a step ended."""

    APPLIED = "applied"
    UNDONE = "undone"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class StepOutcome(BaseModel):
    """What became of one step.

    Attributes:
        key: the step's place in the plans.
        state: how it ended; a refused step changed nothing, and of an unknown one nobody can tell.
        note: why, where it did not go as approved.
        diff: what the server stored, field by field.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    state: StepState
    note: str = ""
    diff: tuple[FieldEdit, ...] = ()
