"""Whether a step is larger than an entry of a policy allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from pydantic import JsonValue

from cluster_doctor.domain.remediation import RemediationStep
from cluster_doctor.domain.spans import span
from cluster_doctor.domain.steps import FieldEdit, StepType
from cluster_doctor.remediation.policy.facts import PastWrite
from cluster_doctor.remediation.policy.limits import Size
from cluster_doctor.snapshot.quantity import parse_quantity

_COUNTS = frozenset({"replicas", "minReplicas", "maxReplicas"})
_GOING = frozenset({StepType.EVICT_POD, StepType.DELETE_POD})


def too_large(step: RemediationStep, size: Size, past: Sequence[PastWrite], now: datetime) -> Iterator[str]:
    """Say in which way a step is too large, or that this cannot be told."""
    for edit in step.edits:
        for path, was, becomes in _leaves(edit):
            place = ".".join(path)
            if path[-1] in _COUNTS and path[0] == "spec":
                yield from _replicas(place, was, becomes, size)
            elif measured := _measured(path):
                yield from _growth(place, was, becomes, measured, size)
    if step.type is StepType.CORDON:
        yield from _nodes(step, size, past)
    if step.type in _GOING:
        yield from _pods(step, size, past, now)


def _leaves(edit: FieldEdit) -> Iterator[tuple[tuple[str, ...], JsonValue, JsonValue]]:
    """The single fields of an edit, which may set a whole part of an object at once."""
    waiting: list[tuple[tuple[str, ...], JsonValue, JsonValue]] = [(edit.path, edit.was, edit.becomes)]
    while waiting:
        path, was, becomes = waiting.pop()
        before, after = _members(was), _members(becomes)
        if before is None and after is None:
            if was != becomes or type(was) is not type(becomes):
                yield path, was, becomes
            continue
        if (before is None and was is not None) or (after is None and becomes is not None):
            yield path, was, becomes
        before, after = before or {}, after or {}
        waiting += [((*path, key), before.get(key), after.get(key)) for key in dict.fromkeys((*before, *after))]


def _members(value: JsonValue) -> dict[str, JsonValue] | None:
    """What is in a mapping, or in a list by the names of its members, or by their places where they have none."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, list):
        return None
    names = [str(member.get("name")) if isinstance(member, dict) and "name" in member else "" for member in value]
    named = all(names) and len(set(names)) == len(names)
    return {
        f"[name={name}]" if named else f"[{place}]": member
        for place, (name, member) in enumerate(zip(names, value, strict=True))
    }


def _replicas(place: str, was: JsonValue, becomes: JsonValue, size: Size) -> Iterator[str]:
    if becomes is not None and not _count(becomes):
        yield f"{place} would become {becomes!r}, which is no number of replicas"
        return
    if size.replicas is not None:
        if becomes is None:
            yield f"{place} would be left to a default, and at most {size.replicas} are allowed"
        elif isinstance(becomes, int) and becomes > size.replicas:
            yield f"{place} would become {becomes}; at most {size.replicas} are allowed"
    if size.replica_change is not None:
        if not _count(was) or not _count(becomes):
            yield f"by how much {place} changes cannot be told; at most {size.replica_change} is allowed"
        elif isinstance(was, int) and isinstance(becomes, int) and abs(becomes - was) > size.replica_change:
            yield f"{place} would change by {abs(becomes - was)}; at most {size.replica_change} is allowed"


def _count(value: JsonValue) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _measured(path: Sequence[str]) -> str:
    """Whether a field holds memory, CPU or storage: of a container, a claim or a quota."""
    inside = any(pair in {("resources", "requests"), ("resources", "limits")} for pair in pairwise(path))
    if not inside and path[:2] != ("spec", "hard"):
        return ""
    last = path[-1].rpartition("requests.")[2].rpartition("limits.")[2].rpartition("/")[2]
    return {"memory": "memory", "cpu": "cpu", "storage": "storage", "ephemeral-storage": "storage"}.get(last, "")


def _growth(place: str, was: JsonValue, becomes: JsonValue, measured: str, size: Size) -> Iterator[str]:
    before, after = parse_quantity(was), parse_quantity(becomes)
    if becomes is not None and (after is None or after < 0):
        yield f"{place} would become {becomes!r}, which is no quantity"
        return
    if was is not None and before is None:
        yield f"{place} is {was!r}, which is no quantity"
        return
    limit = {"memory": size.memory_percent, "cpu": size.cpu_percent, "storage": size.storage_percent}[measured]
    if limit is None:
        return
    if before is None or after is None:
        yield f"by how much {place} grows cannot be told; at most {limit}% is allowed"
    elif after > before * (1 + Decimal(limit) / 100):
        grown = f"{(after / before - 1) * 100:.0f}%" if before > 0 else "from nothing"
        yield f"{place} would grow by {grown}; at most {limit}% is allowed"


def _nodes(step: RemediationStep, size: Size, past: Sequence[PastWrite]) -> Iterator[str]:
    cordoned = set()
    for write in sorted(past, key=lambda write: write.at):
        if write.type is StepType.CORDON or (write.type is None and write.target.kind == step.target.kind):
            cordoned.add(write.target)
        elif write.type is StepType.UNCORDON:
            cordoned.discard(write.target)
    others = len(cordoned - {step.target})
    if others >= size.nodes_at_a_time:
        already = _so_many(others, "Node is", "Nodes are")
        yield f"{already} cordoned by us already; at most {size.nodes_at_a_time} at a time"


def _pods(step: RemediationStep, size: Size, past: Sequence[PastWrite], now: datetime) -> Iterator[str]:
    since = now - span(size.pods_settle)
    gone = {
        write.target
        for write in past
        if write.at > since
        and write.target != step.target
        and (write.type in _GOING or (write.type is None and write.target.kind == step.target.kind))
    }
    if len(gone) >= size.pods_at_a_time:
        yield (
            f"{_so_many(len(gone), 'Pod was', 'Pods were')} evicted or deleted by us in the last {size.pods_settle}; "
            f"at most {size.pods_at_a_time} at a time"
        )


def _so_many(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
