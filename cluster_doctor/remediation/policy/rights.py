"""Which verbs of the API each type of step needs, for itself and for its way back.

A rehearsal needs no more: a server-side dry run is authorized as the request that it rehearses.

Sources: kubernetes.io, "API Concepts" (dry run, authorization), "Using RBAC Authorization" (verbs, subresources,
resourceNames), "API-initiated Eviction" (create of pods/eviction).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.policy.entries import group_and_kind
from cluster_doctor.remediation.policy.shapes import SHAPES, TargetKind, kind
from cluster_doctor.snapshot.kinds import BY_KIND


@dataclass(frozen=True, slots=True)
class Rights:
    """Verbs that a type of step needs.

    Attributes:
        target: on its target.
        subresources: on subresources of its target, by their names.
    """

    target: tuple[str, ...] = ("get", "patch")
    subresources: tuple[tuple[str, str], ...] = ()


_MAKE = Rights(("get", "create", "delete"))
"""What is created is deleted to undo it."""

RIGHTS: Mapping[StepType, Rights] = {
    **dict.fromkeys(StepType, Rights()),
    StepType.CREATE_CONFIG_MAP: _MAKE,
    StepType.CREATE_SERVICE_ACCOUNT: _MAKE,
    StepType.DELETE_POD: Rights(("get", "delete")),
    StepType.DELETE_JOB: Rights(("get", "delete")),
    StepType.EVICT_POD: Rights(("get",), (("eviction", "create"),)),
}
"""One row for each type; what is not named sets fields of an object that is there, and sets them back."""

UNNAMEABLE = frozenset({"create"})
"""Verbs that no name narrows: of what is created the name is not known when the request is authorized."""


def kinds_of(step_type: StepType, words: tuple[str, ...] | None) -> tuple[TargetKind, ...]:
    """Kinds that steps of a type touch, of those that an entry names; none if both leave it open."""
    shaped = SHAPES[step_type].kinds
    if words is None:
        return shaped
    named = {group_and_kind(word) for word in words}
    if shaped:
        return tuple(one for one in shaped if (one.group, one.kind) in named)
    return tuple(_named_kind(group, name) for group, name in sorted(named))


def lives_in_namespaces(one: TargetKind) -> bool:
    """Whether objects of a kind live in namespaces; what is not known does, as most do."""
    known = BY_KIND.get(one.kind)
    return known is None or kind(one.kind) != one or known.namespaced


def _named_kind(group: str, name: str) -> TargetKind:
    """A kind that an entry names. The plural of a custom one is guessed as client-go does: wrong, it gives no right."""
    if name in BY_KIND and kind(name).group == group:
        return kind(name)
    word = name.lower()
    if word.endswith("y"):
        return TargetKind(group, name, f"{word[:-1]}ies")
    return TargetKind(group, name, f"{word}es" if word.endswith("s") else f"{word}s")
