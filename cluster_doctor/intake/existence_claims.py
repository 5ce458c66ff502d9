"""Whether what a report names is there at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cluster_doctor.domain.incident import Claim, ClaimVerdict
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.intake.mentions import Mention, MentionKind
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import VIEWS, Namespace


def check(named: Iterable[Mention], cluster: ClusterSnapshot) -> Iterator[Claim]:
    """Check that every object and namespace that is named exists."""
    for mention in named:
        if mention.ref:
            yield _object(mention, mention.ref, cluster)
        elif mention.kind is MentionKind.NAMESPACE:
            yield _namespace(mention, cluster)


def _object(mention: Mention, ref: ObjectRef, cluster: ClusterSnapshot) -> Claim:
    view = cluster.find(ref)
    asserts = f"{ref} exists"
    if view is not None:
        return Claim(
            text=mention.text,
            asserts=asserts,
            subjects=(ref,),
            verdict=ClaimVerdict.CONFIRMED,
            reason=f"{view.ref} is there",
            evidence=(view.cite("metadata.name"),),
        )
    known = BY_KIND.get(ref.kind)
    if known and known.namespaced and ref.namespace is None:
        return Claim(
            text=mention.text,
            asserts=asserts,
            subjects=(ref,),
            verdict=ClaimVerdict.UNVERIFIABLE,
            reason="the report names no namespace, and no object of that name was seen",
        )
    if cluster.covers(ref.kind, ref.namespace, ref.name):
        elsewhere = _elsewhere(ref, cluster)
        return Claim(
            text=mention.text,
            asserts=asserts,
            subjects=(ref,),
            verdict=ClaimVerdict.REFUTED,
            reason=f"there is no {ref}" + (f"; {elsewhere} bears that name" if elsewhere else ""),
            evidence=(cluster.cite_absence(ref),),
        )
    return Claim(
        text=mention.text,
        asserts=asserts,
        subjects=(ref,),
        verdict=ClaimVerdict.UNVERIFIABLE,
        reason=f"{ref.kind} objects in {ref.namespace or 'the cluster'} were not read",
    )


def _elsewhere(ref: ObjectRef, cluster: ClusterSnapshot) -> str:
    same_kind = VIEWS.get(ref.kind)
    kinds = [same_kind] if same_kind else []
    kinds += [view for kind, view in VIEWS.items() if kind in {"Deployment", "StatefulSet", "DaemonSet", "Service"}]
    for view in kinds:
        for found in cluster.all(view):
            if found.name == ref.name and found.ref != ref:
                return str(found.ref)
    return ""


def _namespace(mention: Mention, cluster: ClusterSnapshot) -> Claim:
    ref = Namespace.ref_to(None, mention.value)
    view = cluster.get(Namespace, None, mention.value)
    inhabited = next((found for kind in VIEWS.values() for found in cluster.within(kind, mention.value)), None)
    asserts = f"namespace {mention.value} exists"
    if view is not None or inhabited is not None:
        seen = view or inhabited
        return Claim(
            text=mention.text,
            asserts=asserts,
            subjects=(ref,),
            verdict=ClaimVerdict.CONFIRMED,
            reason="it is there" if view else f"{inhabited.ref if inhabited else ''} lives in it",
            evidence=(seen.cite("metadata.name"),) if seen else (),
        )
    if cluster.covers("Namespace", None, mention.value):
        return Claim(
            text=mention.text,
            asserts=asserts,
            subjects=(ref,),
            verdict=ClaimVerdict.REFUTED,
            reason=f"there is no namespace {mention.value}",
            evidence=(cluster.cite_absence(ref),),
        )
    return Claim(
        text=mention.text,
        asserts=asserts,
        subjects=(ref,),
        verdict=ClaimVerdict.UNVERIFIABLE,
        reason="namespaces were not read",
    )
