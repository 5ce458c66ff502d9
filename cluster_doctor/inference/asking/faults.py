"""What is wrong with one object: the diagnosis, as far as it concerns it."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.answer import Said
from cluster_doctor.domain.diagnosis import Diagnosis, RootCause
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.rule_set import RuleSet
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Service, View


def diagnosis_of(view: View, cluster: ClusterSnapshot, rules: RuleSet) -> Diagnosis:
    """Diagnose the picture as if the object had been reported."""
    return diagnose(cluster, Incident(), (view.ref,), rules)


def concerned(view: View, cluster: ClusterSnapshot) -> frozenset[ObjectRef]:
    """The object, what it belongs to and what is behind it."""
    refs = {view.ref, cluster.workload_ref(view.ref), *(pod.ref for pod in cluster.pods_of(view.ref))}
    if isinstance(view, Service):
        refs |= set(cluster.workloads_behind(view))
    return frozenset(refs)


def causes(diagnosis: Diagnosis, refs: frozenset[ObjectRef], *, inferred: bool = False) -> Iterator[Said]:
    """The root causes that concern an object, most probable first, each with what it brings about there.

    Args:
        diagnosis: of the picture.
        refs: the object, what it belongs to and what is behind it.
        inferred: whether also those that would bring something about there which nobody has observed.
    """
    for cause in diagnosis.root_causes:
        there = [link for link in cause.chain[1:] if link.subject in refs and (inferred or link.observed)]
        if there or refs & _met(cause):
            effect = f"; so {there[-1].statement}{'' if there[-1].observed else ' (inferred)'}" if there else ""
            text = f"{cause.statement} ({cause.rule}, {cause.confidence:.0%}){effect}"
            yield Said(subject=cause.subject, text=text, evidence=cause.evidence)


def unexplained(diagnosis: Diagnosis, refs: frozenset[ObjectRef]) -> tuple[str, ...]:
    """Symptoms of an object that nothing explains."""
    return tuple(
        f"{one.subject}: {one.statement}: nothing explains it" for one in diagnosis.unexplained if one.subject in refs
    )


def _met(cause: RootCause) -> set[ObjectRef]:
    return {cause.subject, *cause.affected, *(symptom.subject for symptom in cause.explains)}
