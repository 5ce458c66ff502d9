"""Who approved, and whether that is enough."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from cluster_doctor.domain.policy import PolicyVerdict


@dataclass(frozen=True)
class Quorum:
    """Whether enough people approved.

    Attributes:
        enough: whether the step may be done.
        counted: the names that count, each person once, as first given.
        reasons: why not, or whose word it rests on; never empty.
    """

    enough: bool
    counted: tuple[str, ...]
    reasons: tuple[str, ...]


def identity_of(name: str) -> str:
    """What two names are compared by; empty if it names nobody.

    Case, blanks around and repeated within, a leading `@` and Unicode's forms of one letter make no difference. A name
    with characters that nobody sees names nobody: two of them could look like one.
    """
    plain = " ".join(unicodedata.normalize("NFKC", name).split()).removeprefix("@").casefold()
    plain = unicodedata.normalize("NFKC", plain).strip()
    return plain if plain.isprintable() and any(letter.isalnum() for letter in plain) else ""


def is_enough(verdict: PolicyVerdict, approvers: Sequence[str]) -> Quorum:
    """Judge whether those who approved a step are enough for it.

    Args:
        verdict: what the policy said.
        approvers: names of those who approved; whoever brings them has made sure who they are.
    """
    if not verdict.allowed:
        return Quorum(enough=False, counted=(), reasons=("the policy denies the step; no approval changes that",))
    allowed = {identity_of(name) for name in verdict.approvers} - {""}
    counted: dict[str, str] = {}
    reasons = []
    for name in approvers:
        person = identity_of(name)
        if not person:
            reasons.append(f"{name!r} names nobody")
        elif verdict.approvers and person not in allowed:
            reasons.append(f"{name} may not approve this")
        elif person in counted:
            reasons.append(f"{name} and {counted[person]} are one person")
        else:
            counted[person] = name
    needed = max(1, verdict.approvals)
    names = tuple(counted.values())
    if len(names) >= needed:
        return Quorum(enough=True, counted=names, reasons=(f"approved by {', '.join(names)}",))
    who = f" of {', '.join(verdict.approvers)}" if verdict.approvers else ""
    reasons.insert(0, f"{needed} {'person has' if needed == 1 else 'people have'} to approve{who}; {len(names)} did")
    return Quorum(enough=False, counted=names, reasons=tuple(reasons))
