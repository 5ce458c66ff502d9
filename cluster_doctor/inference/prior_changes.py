"""Which changes came shortly before a cause's first symptom, and touch what it is about.

That something changed before something broke is evidence for an origin and proves nothing: most changes harm nobody. So
a change makes no cause and adds no confidence, which is calibrated without it. It says where a cause comes from, and
among causes that calibration cannot tell apart, one that something changed goes before one that nothing did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from cluster_doctor.domain.change import Change, ChangeKind, FieldChange, PriorChange, Touch
from cluster_doctor.domain.effects import EffectKind
from cluster_doctor.domain.evidence import Evidence, EvidenceSource
from cluster_doctor.domain.findings import Finding
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.changes.changes import RECENTLY, SKEW, changes_of
from cluster_doctor.snapshot.management import Keeper, management_of
from cluster_doctor.snapshot.paths import dig, steps
from cluster_doctor.snapshot.selectors import matches_selector
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import (
    Autoscaler,
    Custom,
    LimitRange,
    MutatingWebhookConfiguration,
    NetworkPolicy,
    ResourceQuota,
    Secret,
    View,
    WebhookConfiguration,
    Workload,
)

MOST_PRIOR = 5
"""Changes that are told of one cause, those first that touch it most closely."""

_ORDER = list(Touch)
_TEMPLATE = ("spec", "template")
_ADMISSION = frozenset({EffectKind.PODS_NOT_CREATED, EffectKind.WRITES_REJECTED})
_KEPT_BY = {
    Keeper.ARGO_CD: "Application",
    Keeper.FLUX_KUSTOMIZE: "Kustomization",
    Keeper.FLUX_HELM: "HelmRelease",
}


def prior_changes(
    cluster: ClusterSnapshot, finding: Finding, symptoms: Sequence[Finding] = ()
) -> tuple[PriorChange, ...]:
    """List the changes that came before a finding, closest first.

    What made the very field that the finding names is listed whenever it was. Everything else must have come within a
    day before the first symptom; a minute is allowed for clocks that differ. What has no known time is listed only if
    it touches the object itself.

    Args:
        cluster: the picture.
        finding: a cause, or a symptom that nothing explains.
        symptoms: what the finding explains.
    """
    began = onset(cluster, finding, symptoms)
    own = _own(cluster, finding)
    related = _related(cluster, finding, own) - own
    found = []
    for ref in sorted(own | related):
        for change in changes_of(cluster, ref):
            if _is_what_was_found(change, finding):
                continue
            prior = _prior(cluster, change, finding, began, Touch.OBJECT if ref in own else Touch.RELATED)
            if prior:
                found.append(prior)
    return tuple(sorted(found, key=_closest_first)[:MOST_PRIOR])


def touched(changes: Iterable[PriorChange]) -> int:
    """Rank by how closely changes touch something: 0 its very field, 1 the object, 2 neither."""
    return min((min(_ORDER.index(prior.touch), 2) for prior in changes), default=2)


def onset(cluster: ClusterSnapshot, finding: Finding, symptoms: Sequence[Finding]) -> datetime | None:
    """When the first symptom was seen: what the finding says, else what its own objects or anybody else suffered."""
    if finding.since is not None:
        return finding.since
    own = _own(cluster, finding)
    dated = [(symptom.since, symptom.subject) for symptom in symptoms if symptom.since is not None]
    near = [since for since, subject in dated if cluster.workload_ref(subject) in own]
    return min(near or [since for since, _ in dated], default=None)


def _prior(
    cluster: ClusterSnapshot, change: Change, finding: Finding, began: datetime | None, touch: Touch
) -> PriorChange | None:
    lead = (began - change.at).total_seconds() if began and change.at else None
    if any(_made(cluster, change, field, finding) for field in change.fields):
        return PriorChange(
            change=change, touch=Touch.FIELD, lead=None if lead is None or lead < -SKEW.total_seconds() else lead
        )
    if change.at is None:
        return PriorChange(change=change, touch=touch) if touch is Touch.OBJECT else None
    end = began or cluster.taken_at
    if not end - RECENTLY <= change.at <= end + SKEW:
        return None
    return PriorChange(change=change, touch=touch, lead=lead)


def _closest_first(prior: PriorChange) -> tuple[object, ...]:
    known = prior.lead is not None
    return _ORDER.index(prior.touch), not known, prior.lead if known else 0.0, prior.change.subject


def _own(cluster: ClusterSnapshot, finding: Finding) -> set[ObjectRef]:
    """What a finding is about: its subject, and the objects whose fields it cites."""
    cited = {fact.subject for fact in finding.evidence if fact.source is EvidenceSource.OBJECT}
    return {finding.subject} | {cluster.workload_ref(ref) for ref in {finding.subject, *cited}}


def _related(cluster: ClusterSnapshot, finding: Finding, own: set[ObjectRef]) -> set[ObjectRef]:
    """What the objects of a finding depend on, and what delivers them."""
    found: set[ObjectRef] = set()
    for ref in own:
        view = cluster.find(ref)
        found.update(delivering(cluster, ref))
        if isinstance(view, Workload):
            found.update(_used_by(cluster, view))
    if any(effect.kind in _ADMISSION for effect in finding.effects):
        for kind in (WebhookConfiguration, MutatingWebhookConfiguration):
            found.update(webhook.ref for webhook in cluster.all(kind))
    return found


def _used_by(cluster: ClusterSnapshot, workload: Workload) -> Iterator[ObjectRef]:
    namespace = workload.namespace
    for reference in workload.template.references():
        yield ObjectRef(kind=reference.kind, name=reference.name, namespace=namespace)
    yield from (ObjectRef(kind="Node", name=pod.node_name) for pod in cluster.pods_of(workload.ref) if pod.node_name)
    yield from (service.ref for service in cluster.services_of(workload.ref))
    yield from (scaler.ref for scaler in cluster.within(Autoscaler, namespace) if scaler.target == workload.ref)
    bounds: tuple[type[View], ...] = (ResourceQuota, LimitRange)
    yield from (bound.ref for kind in bounds for bound in cluster.within(kind, namespace))
    for policy in cluster.within(NetworkPolicy, namespace):
        if matches_selector(policy.pod_selector, workload.template_labels):
            yield policy.ref


def delivering(cluster: ClusterSnapshot, ref: ObjectRef) -> Iterator[ObjectRef]:
    """What delivers an object: an Application, a Kustomization, a release and the Secrets that keep its revisions."""
    kept = management_of(cluster, ref)
    if kept is None:
        return
    if kept.keeper is Keeper.HELM:
        for secret in cluster.within(Secret, ref.namespace):
            if secret.labels.get("owner") == "helm" and secret.labels.get("name") == kept.name:
                yield secret.ref
        return
    for resource in cluster.all(Custom):
        if resource.ref.kind == _KEPT_BY[kept.keeper] and kept.name in {resource.name, resource.ref.path}:
            yield resource.ref


def _is_what_was_found(change: Change, finding: Finding) -> bool:
    """Tell whether a change is the finding itself: a node's condition that became what the finding says."""
    if change.kind is not ChangeKind.NODE:
        return False
    cited = {(fact.subject, fact.path.partition("]")[0]) for fact in finding.evidence}
    return any((fact.subject, fact.path.partition("]")[0]) in cited for fact in change.evidence)


def _made(cluster: ClusterSnapshot, change: Change, field: FieldChange, finding: Finding) -> bool:
    """Tell whether a change put there what a finding names: by its path and value, or by a value that it tells."""
    told = {value for value in finding.facts.values() if len(value) > 1}
    if field.after is None:
        return isinstance(field.before, dict) and field.before.get("name") in told
    if isinstance(field.after, (str, int)) and not isinstance(field.after, bool) and str(field.after) in told:
        return True
    return any(
        fact.source is EvidenceSource.OBJECT
        and cluster.workload_ref(fact.subject) == change.subject
        and _same_value(fact, field)
        for fact in finding.evidence
    )


def _same_value(fact: Evidence, field: FieldChange) -> bool:
    """Compare what is cited with what was written, where one lies within the other."""
    cited, changed = _in_workload(fact), tuple(steps(field.path))
    if cited[: len(changed)] == changed:
        return fact.value is not None and dig(field.after, *cited[len(changed) :]) == fact.value
    if changed[: len(cited)] == cited and len(cited) > len(_TEMPLATE) + 1:
        return dig(fact.value, *changed[len(cited) :]) == field.after
    return False


def _in_workload(fact: Evidence) -> tuple[str | int, ...]:
    """A cited path as it would be in the workload: a Pod's `spec` is its template's."""
    path = tuple(steps(fact.path))
    if fact.subject.kind == "Pod":
        return (*_TEMPLATE, *path)
    return path[1:] if fact.subject.kind == "ControllerRevision" else path
