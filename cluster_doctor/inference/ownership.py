"""Whose it is, read off labels and annotations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Namespace, View

_PEOPLE = ("team", "owner", "squad", "contact", "maintainer", "codeowners", "owned-by", "support")
"""Last part of the keys by which people name themselves, whatever the prefix: `example.com/team`."""

_APPLICATIONS = (
    "argocd.argoproj.io/tracking-id",
    "argocd.argoproj.io/instance",
    "kustomize.toolkit.fluxcd.io/name",
    "helm.toolkit.fluxcd.io/name",
    "meta.helm.sh/release-name",
    "app.kubernetes.io/part-of",
    "app.kubernetes.io/managed-by",
)


def owner_of(cluster: ClusterSnapshot, refs: Iterable[ObjectRef]) -> tuple[str | None, str]:
    """Find who owns the first of some objects that tells, and where it says so.

    A person or team counts before an application that manages the object; the object counts before its
    workload, and that before its namespace.
    """
    for ref in refs:
        views = list(_places(cluster, ref))
        for view in views:
            for where, key, value in _marks(view):
                if key.rpartition("/")[2].lower() in _PEOPLE and value:
                    return value, f"{where} {key} of {view.ref}"
        for view in views:
            marks = {key: (where, value) for where, key, value in _marks(view)}
            for key in _APPLICATIONS:
                where, value = marks.get(key, ("", ""))
                if value:
                    return f"{key.rpartition('/')[2]} {value.partition(':')[0]}", f"{where} {key} of {view.ref}"
    return None, ""


def _places(cluster: ClusterSnapshot, ref: ObjectRef) -> Iterator[View]:
    for candidate in dict.fromkeys((ref, cluster.workload_ref(ref))):
        view = cluster.find(candidate)
        if view:
            yield view
    namespace = cluster.get(Namespace, None, ref.namespace) if ref.namespace else None
    if namespace:
        yield namespace


def _marks(view: View) -> Iterator[tuple[str, str, str]]:
    for key, value in view.labels.items():
        yield "label", key, value
    for key, value in view.annotations.items():
        yield "annotation", key, value
