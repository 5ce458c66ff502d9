"""The change that a plan makes, before it is decided how it reaches the cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from pydantic import JsonValue

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import FieldEdit, StepType, Verb
from cluster_doctor.remediation.strategic import patch_of
from cluster_doctor.remediation.wording import patch_command
from cluster_doctor.snapshot.snapshot import ClusterSnapshot


@dataclass(frozen=True, kw_only=True)
class Change:
    """One way to repair one root cause.

    Attributes:
        title: what is done, in a few words.
        target: the object that changes.
        instruction: what to do, in a sentence.
        precondition: what has to be so before.
        check: what shows that it worked.
        undo: what takes it back; made from the edits where there are any.
        risk: what it can break.
        type: what a program may do with it; None where a person has to choose a value or act by hand.
        verb: how the target is reached.
        edits: the fields to set, where every value is known.
        manifest: the object to make.
        command: what does it from a terminal; made from the edits where there are any.
        of_the_moment: whether its fields belong in no repository, because it acts on what runs just now.
        choice: whether a person has to choose a value.
        others: other ways, for a person to choose from.
        then: further changes of the same way, in order.
    """

    title: str
    target: ObjectRef
    instruction: str
    precondition: str
    check: str
    undo: str = ""
    risk: Risk = Risk.MEDIUM
    type: StepType | None = None
    verb: Verb = Verb.PATCH
    edits: tuple[FieldEdit, ...] = ()
    manifest: dict[str, JsonValue] | None = None
    command: str = ""
    of_the_moment: bool = False
    choice: bool = False
    others: tuple[Change, ...] = ()
    then: tuple[Change, ...] = ()

    @property
    def patch(self) -> dict[str, JsonValue] | None:
        """The edits as a strategic merge patch."""
        return patch_of(self.edits) if self.edits else None

    @property
    def way_back(self) -> str:
        """What takes it back, as a person does it."""
        back = patch_of([edit.reverse for edit in reversed(self.edits)]) if self.edits and not self.undo else None
        return patch_command(self.target, back) if back is not None else self.undo

    def or_else(self, *others: Change) -> Change:
        """Offer other ways beside this one."""
        return replace(self, others=others, choice=True)


Draft = Callable[[ClusterSnapshot, RootCause], Change | None]


@dataclass(frozen=True)
class Planner:
    """Drafts the change for causes that certain rules find.

    Attributes:
        rules: the rules.
        draft: makes the change, or leaves it to a person.
        by: type of the step that it makes where every value is known; None where a person always chooses or acts.
        then: types of the steps that may follow this one.
        beside: types of the steps that it may offer beside.
    """

    rules: tuple[str, ...]
    draft: Draft
    by: StepType | None = None
    then: tuple[StepType, ...] = ()
    beside: tuple[StepType, ...] = ()


def repairs(
    *rules: str, by: StepType | None = None, then: tuple[StepType, ...] = (), beside: tuple[StepType, ...] = ()
) -> Callable[[Draft], Planner]:
    """Make a function the planner for some rules."""

    def wrap(draft: Draft) -> Planner:
        return Planner(rules, draft, by, then, beside)

    return wrap
