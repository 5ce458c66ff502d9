"""Policies as a person writes them, and steps to judge by them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationStep, Risk, Route
from cluster_doctor.domain.steps import FieldEdit, StepType, Verb
from cluster_doctor.remediation.policy import PastWrite, Policy, TargetFacts, judge
from cluster_doctor.remediation.policy.loading import parse_strictly
from cluster_doctor.remediation.policy.shapes import SHAPES

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
"""A Wednesday."""

KNOWN = TargetFacts(labels={"app": "web"}, namespace_labels={"team": "shop"}, keeper="")
UNKNOWN = TargetFacts()
WEB = ObjectRef("Deployment", "web", "shop", "apps/v1")
CONTAINER = ("spec", "template", "spec", "containers", "[name=web]")


def policy(text: str) -> Policy:
    """Read a policy; the version is there already."""
    return parse_strictly(f"version: 1\n{text}", Policy, "policy.yaml")


def step(
    of: StepType = StepType.SCALE,
    target: ObjectRef = WEB,
    *edits: tuple[Sequence[str], JsonValue, JsonValue],
    route: Route = Route.CLUSTER,
    manifest: dict[str, JsonValue] | None = None,
    verb: Verb | None = None,
) -> RemediationStep:
    """Make a step; by default it scales a Deployment from 1 to 3."""
    if of is StepType.SCALE and not edits:
        edits = ((("spec", "replicas"), 1, 3),)
    return RemediationStep(
        title=f"{of} {target}",
        type=of,
        verb=verb or SHAPES[of].verb,
        route=route,
        target=target,
        risk=Risk.LOW,
        precondition="it is still so",
        instruction="do it",
        edits=tuple(FieldEdit(path=tuple(path), was=was, becomes=becomes) for path, was, becomes in edits),
        manifest=manifest,
        undo="undo it",
        check="look",
    )


def written(before: timedelta, target: ObjectRef = WEB, of: StepType = StepType.SCALE) -> PastWrite:
    """A write that was made so long before now."""
    return PastWrite(target=target, type=of, at=NOW - before)


def verdict(
    text: str,
    judged: RemediationStep,
    facts: TargetFacts = KNOWN,
    past: Sequence[PastWrite] = (),
    now: datetime = NOW,
) -> PolicyVerdict:
    """What a policy says; a verdict always has a reason."""
    found = judge(policy(text), judged, facts, past, now)
    assert found.reasons
    return found


def refused(
    text: str,
    judged: RemediationStep,
    facts: TargetFacts = KNOWN,
    past: Sequence[PastWrite] = (),
    now: datetime = NOW,
) -> str:
    """Why a policy denies a step; empty if it allows it."""
    found = verdict(text, judged, facts, past, now)
    return "" if found.allowed else "; ".join(found.reasons)
