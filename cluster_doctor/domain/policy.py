"""What a policy says to a step."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class PolicyVerdict(BaseModel):
    """Whether a step is allowed, and on whose word.

    Attributes:
        allowed: whether it may be done once it is approved.
        reasons: why not, or which entry of the policy allows it; never empty.
        approvals: how many different people have to approve; at least one.
        approvers: who may approve; empty if anybody may.
        proven: whether only approvals count that prove who gave them.
    """

    model_config = ConfigDict(frozen=True)

    allowed: bool
    reasons: tuple[str, ...]
    approvals: int = 1
    approvers: tuple[str, ...] = ()
    proven: bool = False
