"""What the approvals of a run come to: whose count, what they agree on, and what is still wanting.

What is carried out is what all who approved agree on, so that nobody's word is stretched over a step that they left
out. A step that two people have to approve waits until two did.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.remediation import Approval
from cluster_doctor.remediation.policy.people import identity_of, is_enough


@dataclass(frozen=True)
class Consent:
    """What approvals come to.

    Attributes:
        approvals: those that count, one for each person, in the order in which they came.
        refused: those that do not, and why.
        steps: keys of the steps that all who approved agree on, in order.
        wanting: what is still needed before these may be carried out; empty if nothing is.
    """

    approvals: tuple[Approval, ...] = ()
    refused: tuple[tuple[Approval, str], ...] = ()
    steps: tuple[str, ...] = ()
    wanting: tuple[str, ...] = ()

    @property
    def is_enough(self) -> bool:
        """Whether the steps may be carried out."""
        return bool(self.approvals) and not self.wanting

    @property
    def as_one(self) -> Approval:
        """All of them as one: every name, the steps that they agree on, and the earliest end."""
        last = self.approvals[-1]
        ends = [approval.expires_at for approval in self.approvals if approval.expires_at]
        return last.model_copy(
            update={
                "approver": ", ".join(approval.approver for approval in self.approvals),
                "steps": tuple(filter(None, self.steps)) or None,
                "expires_at": min(ends, default=None),
            }
        )


def weigh(
    offered: Mapping[str, PolicyVerdict],
    approvals: Sequence[Approval],
    digest: str,
    now: datetime,
    plain: Collection[str] | None = None,
) -> Consent:
    """Weigh approvals, in the order in which they came.

    Args:
        offered: what the policy says to each step that may be approved, by its key.
        approvals: what people said; whoever brings them has made sure who they are.
        digest: the digest that they have to name.
        now: with a time zone.
        plain: keys that an answer covers which names none; all by default.
    """
    counted: list[Approval] = []
    refused: list[tuple[Approval, str]] = []
    agreed = list(offered)
    for approval in approvals:
        covered = set(offered if plain is None else plain) if approval.steps is None else set(approval.steps)
        why = (
            _misfit(approval, covered, offered, digest)
            or _lateness(approval, now)
            or _not_theirs(approval, covered, offered)
            or _said_before(approval, counted)
        )
        if not why and not covered.intersection(agreed):
            why = f"it covers none of what {', '.join(one.approver for one in counted)} approved"
        if why:
            refused.append((approval, why))
        else:
            counted.append(approval)
            agreed = [key for key in agreed if key in covered]
    if not counted:
        return Consent(refused=tuple(refused))
    quorums = ((key, is_enough(offered[key], [one.approver for one in counted])) for key in agreed)
    wanting = tuple(f"step {key}: {'; '.join(quorum.reasons)}" for key, quorum in quorums if not quorum.enough)
    return Consent(tuple(counted), tuple(refused), tuple(agreed), wanting)


def _misfit(approval: Approval, covered: Collection[str], offered: Collection[str], digest: str) -> str:
    """Why it is about something else; empty if it is not."""
    if approval.digest != digest:
        return f"the approval names {approval.digest[:12] or 'nothing'}, the plan is {digest[:12]}"
    if strange := sorted(set(covered) - set(offered)):
        return f"the approval covers steps that are not offered: {', '.join(strange)}"
    return "" if covered else "the approval covers no step"


def _lateness(approval: Approval, now: datetime) -> str:
    """Why its time is not now; empty if it is."""
    times = [time for time in (approval.decided_at, approval.expires_at) if time]
    if any(time.tzinfo is None for time in times):
        return "a time of the approval has no time zone, so that nobody can tell whether it is over"
    if approval.expires_at and max(now, approval.decided_at or now) > approval.expires_at:
        return f"the approval came too late: it counted until {approval.expires_at:%Y-%m-%d %H:%M:%S %Z}"
    return ""


def _not_theirs(approval: Approval, covered: Collection[str], offered: Mapping[str, PolicyVerdict]) -> str:
    """Why it is not theirs to give; empty if it is."""
    for key in sorted(covered):
        verdict = offered[key]
        if not is_enough(verdict.model_copy(update={"approvals": 1}), [approval.approver]).enough:
            return f"step {key}: {'; '.join(is_enough(verdict, [approval.approver]).reasons)}"
        if verdict.proven and not approval.credential:
            return f"step {key}: nothing proves that this is {approval.approver}; the policy asks for a signed approval"
    return ""


def _said_before(approval: Approval, counted: Sequence[Approval]) -> str:
    """Why it is the word of somebody who approved already; empty if it is not."""
    for other in counted:
        if identity_of(other.approver) == identity_of(approval.approver):
            return f"{approval.approver} and {other.approver}, who approved already, are one person"
        if approval.credential and approval.credential == other.credential:
            return f"{approval.approver} and {other.approver} gave the same proof ({approval.credential}): one person"
    return ""
