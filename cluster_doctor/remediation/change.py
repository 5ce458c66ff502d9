"""The change that a plan makes, before it is decided how it reaches the cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from pydantic import JsonValue

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.snapshot.snapshot import ClusterSnapshot


@dataclass(frozen=True, kw_only=True)
class Change:
    """One way to repair one root cause.

    Attributes:
        title: what is done, in a few words.
        target: the object that changes.
        instruction: what to do, in a sentence.
        precondition: what has to be so before.
        undo: what takes it back.
        check: what shows that it worked.
        risk: what it can break.
        patch: strategic merge patch of the target, where every value is known.
        command: what does it from a terminal; made from the patch where there is one.
        choice: whether a person has to choose a value.
        others: other ways, for a person to choose from.
    """

    title: str
    target: ObjectRef
    instruction: str
    precondition: str
    undo: str
    check: str
    risk: Risk = Risk.MEDIUM
    patch: dict[str, JsonValue] | None = None
    command: str = ""
    choice: bool = False
    others: tuple[Change, ...] = ()

    def or_else(self, *others: Change) -> Change:
        """Offer other ways beside this one."""
        return replace(self, others=others, choice=True)


Draft = Callable[[ClusterSnapshot, RootCause], Change | None]


@dataclass(frozen=True)
class Planner:
    """Drafts the change for causes that certain rules find."""

    rules: tuple[str, ...]
    draft: Draft


def repairs(*rules: str) -> Callable[[Draft], Planner]:
    """Make a function the planner for some rules."""

    def wrap(draft: Draft) -> Planner:
        return Planner(rules, draft)

    return wrap
