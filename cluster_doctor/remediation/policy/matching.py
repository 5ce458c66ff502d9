"""Whether an entry of a policy is about a step: yes, no, or it cannot be told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from cluster_doctor.domain.remediation import RemediationStep
from cluster_doctor.domain.steps import Verb
from cluster_doctor.remediation.policy.entries import AllowEntry, Entry, LabelSelector, group_and_kind
from cluster_doctor.remediation.policy.facts import TargetFacts, group_of, is_namespace
from cluster_doctor.snapshot.paths import strings
from cluster_doctor.snapshot.selectors import matches_selector


class Fit(StrEnum):
    """How an entry fits a step."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fitting:
    """How an entry fits a step, and what speaks against it."""

    fit: Fit
    why: str = ""


def fitting(entry: Entry, step: RemediationStep, facts: TargetFacts) -> Fitting:
    """Tell whether an entry is about a step. What is surely not so outweighs what cannot be told."""
    if why := _other_step(entry, step) or _other_place(entry, step) or _other_object(entry, step):
        return Fitting(Fit.NO, why)
    unknown = ""
    for selector, labels, whose in (
        (entry.labels, labels_of(step, facts), "the object"),
        (entry.namespace_labels, facts.namespace_labels, "its namespace"),
    ):
        if selector is None:
            continue
        if labels is None:
            unknown = unknown or f"it asks for labels of {whose}, which are not known"
        elif not _selects(selector, labels):
            return Fitting(Fit.NO, f"{whose} does not have the labels")
    return Fitting(Fit.UNKNOWN, unknown) if unknown else Fitting(Fit.YES)


def namespace_of(step: RemediationStep) -> str | None:
    """The namespace that a step is about. A Namespace counts as being in itself."""
    return step.target.name if is_namespace(step.target) else (step.target.namespace or None)


def labels_of(step: RemediationStep, facts: TargetFacts) -> dict[str, str] | None:
    """Labels of a step's target; of one that is to be created those that it will have."""
    if step.verb is Verb.CREATE:
        return strings(step.manifest or {}, "metadata", "labels")
    return facts.labels


def _other_step(entry: Entry, step: RemediationStep) -> str:
    types = entry.step_types if isinstance(entry, AllowEntry) else entry.types
    if types is not None and step.type not in types:
        return f"it is not about {step.type}"
    if entry.routes is not None and step.route.value not in {route.value for route in entry.routes}:
        return f"it is only about the route {' or '.join(entry.routes)}"
    return ""


def _other_place(entry: Entry, step: RemediationStep) -> str:
    namespace = namespace_of(step)
    if entry.namespaces is not None and not _any_glob(entry.namespaces, namespace):
        return f"it is not about namespace {namespace}" if namespace else "it is about objects in namespaces"
    if entry.namespace_labels is not None and namespace is None:
        return "it is about objects in namespaces"
    return ""


def _other_object(entry: Entry, step: RemediationStep) -> str:
    target = step.target
    if entry.kinds is not None and (group_of(target), target.kind) not in {
        group_and_kind(word) for word in entry.kinds
    }:
        return f"it is not about a {target.kind}"
    if entry.names is not None and not _any_glob(entry.names, target.name):
        return f"it is not about {target.name}"
    return ""


def _any_glob(globs: tuple[str, ...], name: str | None) -> bool:
    return name is not None and any(fnmatchcase(name, glob) for glob in globs)


def _selects(selector: LabelSelector, labels: dict[str, str]) -> bool:
    return matches_selector(selector.raw, labels)
