"""Entries of a policy: what they are about, what they allow, what they forbid."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, JsonValue, StringConstraints, model_validator

from cluster_doctor.domain.remediation import Route
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.policy.limits import Rates, Size
from cluster_doctor.remediation.policy.people import identity_of
from cluster_doctor.remediation.policy.strict import Glob, Name, Strict, Unordered
from cluster_doctor.remediation.policy.times import Windows
from cluster_doctor.snapshot.kinds import BY_KIND, kind_named


class PolicyRoute(StrEnum):
    """Routes that a program can take."""

    GITOPS = Route.GITOPS.value
    CLUSTER = Route.CLUSTER.value


class LabelOperator(StrEnum):
    """Operators of a label selector."""

    IN = "In"
    NOT_IN = "NotIn"
    EXISTS = "Exists"
    DOES_NOT_EXIST = "DoesNotExist"


class LabelRequirement(Strict):
    """One requirement of a label selector, as Kubernetes writes it."""

    key: Name
    operator: LabelOperator
    values: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_its_values(self) -> LabelRequirement:
        if (self.operator in {LabelOperator.IN, LabelOperator.NOT_IN}) != bool(self.values):
            raise ValueError("In and NotIn need values; Exists and DoesNotExist have none")
        return self


class LabelSelector(Strict):
    """A label selector, as Kubernetes writes it. One that is empty would mean everything, and is refused."""

    match_labels: dict[str, str] = Field(default={}, alias="matchLabels")
    match_expressions: tuple[LabelRequirement, ...] = Field(default=(), alias="matchExpressions")

    @model_validator(mode="after")
    def _requires_something(self) -> LabelSelector:
        if not self.match_labels and not self.match_expressions:
            raise ValueError("the selector is empty and would match everything; leave it out")
        return self

    @property
    def raw(self) -> dict[str, JsonValue]:
        """The selector as the Kubernetes API has it."""
        return self.model_dump(mode="json", by_alias=True)


def _known_kind(word: str) -> str:
    kind, dot, _ = word.partition(".")
    if dot or kind in BY_KIND:
        return word
    near = kind_named(word)
    raise ValueError(
        f"no kind {word!r} is known; "
        + (f"did you mean {near.kind}?" if near else "write one that is not Kubernetes' own as Kind.group")
    )


KindName: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]{0,62}(\.[a-z0-9.-]{1,253})?$"), AfterValidator(_known_kind)
]
"""A kind: `Deployment`, or with its API group where it is not Kubernetes' own: `Certificate.cert-manager.io`."""


def group_and_kind(word: str) -> tuple[str, str]:
    """API group and kind that a policy names."""
    kind, dot, group = word.partition(".")
    return (group if dot else BY_KIND[kind].group), kind


class Entry(Strict):
    """What an entry is about. All that it names has to be so; what it leaves out may be anything.

    Attributes:
        name: what reasons call it.
        types: types of steps.
        routes: by pull request (gitops), in the cluster, or both.
        namespaces: names or globs. An object that lives in no namespace matches none.
        namespace_labels: labels that the namespace has.
        kinds: kinds of the objects.
        names: names or globs of the objects.
        labels: labels that the object has; for one to be created, those that it will have.
    """

    name: Name
    types: Annotated[tuple[StepType, ...], Unordered] | None = None
    routes: Annotated[tuple[PolicyRoute, ...], Unordered] | None = None
    namespaces: Annotated[tuple[Glob, ...], Unordered] | None = None
    namespace_labels: LabelSelector | None = None
    kinds: Annotated[tuple[KindName, ...], Unordered] | None = None
    names: Annotated[tuple[Glob, ...], Unordered] | None = None
    labels: LabelSelector | None = None


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        raise ValueError("nobody is named; leave it out if anybody may approve")
    people = {identity_of(name) for name in names}
    if len(people) != len(names):
        raise ValueError("somebody is named twice; case, blanks and a leading @ make no difference")
    if "" in people:
        raise ValueError("one of the names has no letters")
    return tuple(sorted(names))


class Approvals(Strict):
    """On whose word.

    Attributes:
        people: how many different people have to approve.
        anyone_of: who may; anybody if it is left out.
        proven: whether an approval counts only if it proves who gave it: signed, or by a comment on GitHub.
    """

    people: Annotated[int, Field(ge=1, le=100)] = 1
    anyone_of: Annotated[tuple[Name, ...], AfterValidator(_distinct)] | None = None
    proven: bool = False

    @model_validator(mode="after")
    def _can_be_given(self) -> Approvals:
        if self.anyone_of is not None and len(self.anyone_of) < self.people:
            raise ValueError(f"{self.people} people have to approve, and {len(self.anyone_of)} may")
        return self


class AllowEntry(Entry):
    """Allows steps, up to a size, so often, at some times, on somebody's word.

    Attributes:
        types: without it, all but the removal of finalizers, which has to be named.
        routes: without it, by pull request only.
        size: up to what size.
        rate: how often.
        windows: when; always, if it is left out.
        approvals: on whose word; one person's by default.
        even_if_kept: whether an object that Argo CD, Flux or Helm keeps may be changed in the cluster anyway.
    """

    routes: Annotated[tuple[PolicyRoute, ...], Unordered] = (PolicyRoute.GITOPS,)
    size: Size = Size()
    rate: Rates = Rates()
    windows: Windows | None = None
    approvals: Approvals = Approvals()
    even_if_kept: bool = False

    @model_validator(mode="after")
    def _names_what_loses_a_finalizer(self) -> AllowEntry:
        if self.types and StepType.REMOVE_FINALIZER in self.types and not self.kinds:
            raise ValueError("remove_finalizer needs kinds: it can lose what the finalizer stands for")
        return self

    @property
    def step_types(self) -> tuple[StepType, ...]:
        """The types that it allows."""
        return self.types or tuple(sorted(set(StepType) - {StepType.REMOVE_FINALIZER}))


class DenyEntry(Entry):
    """Forbids steps, whatever else allows them.

    Attributes:
        windows: when; always, if it is left out. A freeze is a deny with windows.
        reason: what the one who is refused is told.
    """

    windows: Windows | None = None
    reason: str = ""
