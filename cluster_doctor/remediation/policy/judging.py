"""What a policy says to a step. Total: what is not allowed is denied, and what cannot be told is denied too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from fnmatch import fnmatchcase

from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.remediation import RemediationStep, Route
from cluster_doctor.domain.steps import StepType, Verb
from cluster_doctor.remediation.policy.entries import AllowEntry
from cluster_doctor.remediation.policy.facts import PastWrite, TargetFacts, in_no_namespace
from cluster_doctor.remediation.policy.limits import Rate, Rates
from cluster_doctor.remediation.policy.matching import Fit, fitting, namespace_of
from cluster_doctor.remediation.policy.policy import Policy
from cluster_doctor.remediation.policy.shapes import misfits
from cluster_doctor.remediation.policy.sizes import too_large
from cluster_doctor.remediation.policy.times import holds_now

MOST_NEAR = 5
"""Entries that are named to say why none of them allows a step."""

_AS_KEPT = frozenset({StepType.ARGO_SYNC, StepType.FLUX_RECONCILE})
"""Steps that ask a keeper to do what it does anyway: nothing differs from what is written down."""


def judge(
    policy: Policy, step: RemediationStep, facts: TargetFacts, past: Sequence[PastWrite], now: datetime
) -> PolicyVerdict:
    """Say whether a step may be done once it is approved, and on whose word. It never raises.

    Args:
        policy: what is allowed.
        step: what is to be done.
        facts: what is known of its target.
        past: writes that were made, in any order; at least those within the longest window of the policy, and for Nodes
            all that may still be cordoned.
        now: with a time zone.
    """
    try:
        return _judged(policy, step, facts, past, now)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        return _denied(f"the policy could not be applied: {type(error).__name__}: {error}")


def judge_in_turn(
    policy: Policy, steps: Sequence[tuple[RemediationStep, TargetFacts]], past: Sequence[PastWrite], now: datetime
) -> tuple[PolicyVerdict, ...]:
    """Judge the steps of a plan as if each that is allowed had been made when the next one comes."""
    verdicts = []
    made = list(past)
    for step, facts in steps:
        verdict = judge(policy, step, facts, made, now)
        verdicts.append(verdict)
        if verdict.allowed and step.type is not None:
            made.append(PastWrite(target=step.target, type=step.type, at=now))
    return tuple(verdicts)


def asks_for_namespace_labels(policy: Policy, step: RemediationStep, facts: TargetFacts) -> bool:
    """Whether what a policy says to a step can depend on labels of its namespace. It never raises."""
    blind = facts.model_copy(update={"namespace_labels": None})
    try:
        return any(
            entry.namespace_labels is not None and fitting(entry, step, blind).fit is not Fit.NO
            for entry in (*policy.deny, *policy.allow)
        )
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return True  # what cannot be told is looked up


def _judged(
    policy: Policy, step: RemediationStep, facts: TargetFacts, past: Sequence[PastWrite], now: datetime
) -> PolicyVerdict:
    if now.tzinfo is None or any(write.at.tzinfo is None for write in past):
        return _denied("a time has no time zone, so that windows and rates cannot be told")
    always = [*_never(step), *misfits(step), *_out_of_reach(policy, step)]
    if always:
        return _denied(*always)
    denials = list(_denials(policy, step, facts, now))
    if denials:
        return _denied(*denials)
    entry, reasons = _deciding(policy, step, facts)
    if entry is None:
        return _denied(*reasons)
    limits = list(_limits(policy, entry, step, facts, past, now))
    if limits:
        return _denied(f"entry {entry.name!r} decides", *limits)
    return PolicyVerdict(
        allowed=True,
        reasons=(f"entry {entry.name!r} allows it",),
        approvals=entry.approvals.people,
        approvers=entry.approvals.anyone_of or (),
        proven=entry.approvals.proven,
    )


def _never(step: RemediationStep) -> Iterator[str]:
    """What no policy can allow."""
    if step.route is Route.PERSON:
        yield "it is for a person to do"
    if step.target.kind == "Secret" and not step.target.group and not _spares_the_values(step):
        yield "the values of Secrets are never written"
    if not step.target.name:
        yield "it names no object"
    if not all(map(_is_one_name, (step.target.name, step.target.namespace or ""))):
        yield "its target is no name but a path"


def _is_one_name(name: str) -> bool:
    """Whether it is one segment of a path on the API server; source: apimachinery's IsValidPathSegmentName."""
    return name not in {".", ".."} and not any(mark in name for mark in "/%?#\\")


def _spares_the_values(step: RemediationStep) -> bool:
    return step.verb is Verb.PATCH and all(
        edit.path[:2] == ("metadata", "annotations") and len(edit.path) == 3 and "last-applied" not in edit.path[2]
        for edit in step.edits
    )


def _out_of_reach(policy: Policy, step: RemediationStep) -> Iterator[str]:
    namespace = namespace_of(step)
    if namespace is None and not in_no_namespace(step.target):
        yield f"the step does not say in which namespace {step.target} is"
    if step.target.namespace and in_no_namespace(step.target):
        yield f"a {step.target.kind} lives in no namespace, and the step names {step.target.namespace}"
    if namespace is not None:
        glob = next((glob for glob in policy.protected_namespaces if fnmatchcase(namespace, glob)), None)
        if glob is not None:
            yield f"namespace {namespace} is protected ({glob})"


def _denials(policy: Policy, step: RemediationStep, facts: TargetFacts, now: datetime) -> Iterator[str]:
    for entry in policy.deny:
        found = fitting(entry, step, facts)
        if found.fit is Fit.NO or not holds_now(entry.windows, now):
            continue
        if found.fit is Fit.UNKNOWN:
            yield f"whether entry {entry.name!r} denies it cannot be told: {found.why}"
        else:
            yield f"entry {entry.name!r} denies it" + (f": {entry.reason}" if entry.reason else "")


def _deciding(policy: Policy, step: RemediationStep, facts: TargetFacts) -> tuple[AllowEntry | None, list[str]]:
    """The first entry that is about the step; None if there is none, or if which one that is cannot be told."""
    near = []
    for entry in policy.allow:
        found = fitting(entry, step, facts)
        if found.fit is Fit.YES:
            return entry, []
        if found.fit is Fit.UNKNOWN:
            return None, [f"whether entry {entry.name!r} decides cannot be told: {found.why}"]
        near.append(f"not entry {entry.name!r}: {found.why}")
    more = [f"nor {len(near) - MOST_NEAR} more"] if len(near) > MOST_NEAR else []
    return None, [f"no entry allows {step.type} of {step.target} by {step.route}", *near[:MOST_NEAR], *more]


def _limits(
    policy: Policy,
    entry: AllowEntry,
    step: RemediationStep,
    facts: TargetFacts,
    past: Sequence[PastWrite],
    now: datetime,
) -> Iterator[str]:
    if not holds_now(entry.windows, now):
        yield f"now is outside its windows: {'; '.join(map(str, entry.windows or ()))}"
    yield from _kept(entry, step, facts)
    yield from too_large(step, entry.size, past, now)
    yield from _too_often(policy.rate, step, past, now, "the policy")
    yield from _too_often(entry.rate, step, past, now, "the entry")


def _kept(entry: AllowEntry, step: RemediationStep, facts: TargetFacts) -> Iterator[str]:
    """In the cluster, an object is not made to differ from what is written down, unless that is said."""
    if step.route is not Route.CLUSTER or entry.even_if_kept or step.type in _AS_KEPT:
        return
    if step.type in {StepType.DELETE_POD, StepType.EVICT_POD}:
        return
    if facts.keeper:
        yield f"{facts.keeper} keeps {step.target}; change it where that is written down, or say even_if_kept"
    elif facts.keeper is None and step.verb is not Verb.CREATE:
        yield f"whether anything keeps {step.target} is not known"


def _too_often(
    rates: Rates, step: RemediationStep, past: Sequence[PastWrite], now: datetime, whose: str
) -> Iterator[str]:
    same = [write for write in past if write.target == step.target]
    for rate, writes, where in ((rates.per_object, same, f"to {step.target}"), (rates.overall, past, "overall")):
        if rate is not None and _within(rate, writes, now) >= rate.writes:
            yield f"{whose} allows {rate.writes} per {rate.within} {where}, and so many were made"


def _within(rate: Rate, writes: Sequence[PastWrite], now: datetime) -> int:
    """How many were made in the window; one that seems to lie ahead was made by a faster clock, and counts."""
    since = now - rate.window
    return sum(write.at > since for write in writes)


def _denied(*reasons: str) -> PolicyVerdict:
    return PolicyVerdict(allowed=False, reasons=reasons)
