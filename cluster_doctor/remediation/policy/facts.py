"""What a policy has to know beside the step itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pydantic import BaseModel, ConfigDict, JsonValue

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.steps import StepType
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.management import management_of, management_told_by
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Namespace, View

NamespaceLabels = Callable[[str], dict[str, str] | None]
"""Reads the labels of a namespace as they are now; None where they cannot be read, or there is no such namespace."""


class TargetFacts(BaseModel):
    """What is known of a step's target. None is "not known", which is never taken for "has none".

    Attributes:
        labels: the object's; of one that is to be created its manifest tells them.
        namespace_labels: those of the namespace that it lives in.
        keeper: what keeps it as it is written down elsewhere, such as `Argo CD application shop`; empty if nothing
            does.
    """

    model_config = ConfigDict(frozen=True)

    labels: dict[str, str] | None = None
    namespace_labels: dict[str, str] | None = None
    keeper: str | None = None


class PastWrite(BaseModel):
    """A write that was made, by whichever run.

    Attributes:
        target: the object.
        type: what was done to it; None if that is not known, and then it counts as whatever a limit is about.
        at: when it was about to be sent.
    """

    model_config = ConfigDict(frozen=True)

    target: ObjectRef
    type: StepType | None = None
    at: datetime


def facts_in(cluster: ClusterSnapshot, target: ObjectRef, live: dict[str, JsonValue] | None = None) -> TargetFacts:
    """What is known of a target.

    Args:
        cluster: a snapshot; what it does not hold is not known.
        target: the object.
        live: the object as it was read since, if it was; that is what counts then.
    """
    view = View(live) if live is not None else cluster.find(target)
    space = target.name if is_namespace(target) else target.namespace
    namespace = cluster.get(Namespace, None, space) if space else None
    keeper = (management_told_by(cluster, view) if view else None) or management_of(cluster, target)
    return TargetFacts(
        labels=dict(view.labels) if view else None,
        namespace_labels=dict(namespace.labels) if namespace else None,
        keeper=str(keeper) if keeper else ("" if view else None),
    )


def group_of(target: ObjectRef) -> str:
    """The API group of a target. Where none is named, one of Kubernetes' own kinds is in its own, as it is written."""
    known = BY_KIND.get(target.kind)
    return known.group if known and not target.group else target.group


def is_namespace(target: ObjectRef) -> bool:
    """Whether the target is a namespace, which counts as being in itself."""
    return target.kind == "Namespace" and not target.group


def in_no_namespace(target: ObjectRef) -> bool:
    """Whether objects of its kind are known to live in no namespace."""
    known = BY_KIND.get(target.kind)
    return known is not None and not known.namespaced and group_of(target) == known.group
