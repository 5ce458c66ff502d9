"""What files of objects say about objects that they do not hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pydantic import JsonValue

from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.views import VIEWS
from cluster_doctor.sources.recorded.kustomization import Kustomized
from cluster_doctor.sources.recorded.parts import Part

_GET_ALL = frozenset(
    {
        "Pod", "ReplicationController", "Service", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet",
        "HorizontalPodAutoscaler", "CronJob", "Job",
    }
)  # fmt: skip
"""What `kubectl get all` lists: the category `all` of Kubernetes itself."""
_SHOWS_GET_ALL = frozenset({"Pod", "ReplicaSet", "Service"})
"""Nobody lists these three together but by `kubectl get all`."""
_DELIVERED = frozenset(
    {
        "Pod", "ReplicationController", "Service", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet",
        "HorizontalPodAutoscaler", "CronJob", "Job", "Ingress", "NetworkPolicy", "PodDisruptionBudget",
    }
)  # fmt: skip
"""Kinds that an application brings along: whoever delivers one of them to a namespace delivers the others there."""
_KEPT_BESIDE = frozenset({"ConfigMap", "PersistentVolumeClaim", "ServiceAccount", "Role"})
"""Kinds that a folder holds in full where it makes the namespace itself. Secrets are kept out of it on principle."""


_NAMED_BY_ROUTES = frozenset({"Gateway", "GatewayClass"})
"""Kinds of the Gateway API that other objects of it name."""
_PUBLISHED = "kube-root-ca.crt"
"""The ConfigMap with the certificate authority, which the control plane keeps in every namespace."""


def cover_everything(builder: SnapshotBuilder, parts: Iterable[Part]) -> None:
    """Declare that the files hold all objects that a cluster has: every kind that is known here was read.

    What a control plane puts into each namespace by itself is there too, though nobody writes it down.
    """
    for kind in BY_KIND.keys() | VIEWS.keys() | _NAMED_BY_ROUTES:
        builder.cover(kind)
    for namespace in sorted({text(part.raw, "metadata", "namespace") for part in parts} - {""}):
        metadata: dict[str, JsonValue] = {"name": _PUBLISHED, "namespace": namespace}
        builder.add({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"ca.crt": ""}})


def cover_lists(builder: SnapshotBuilder, parts: Iterable[Part]) -> None:
    """Declare what objects from a cluster show: `kubectl get` prints lists.

    A kind counts as read in a namespace where at least one object of it is there. A single object that was fetched
    by name proves nothing about others.
    """
    places: dict[str, set[str]] = defaultdict(set)
    for part in parts:
        kind, namespace = text(part.raw, "kind"), text(part.raw, "metadata", "namespace")
        if part.listed:
            places[kind].add(namespace)
        else:
            builder.cover(kind, namespace, text(part.raw, "metadata", "name"))
    for kind, namespaces in places.items():
        for namespace in namespaces:
            builder.cover(kind, namespace or None)
    for namespace in set.intersection(*(places[kind] for kind in _SHOWS_GET_ALL)):
        for kind in _GET_ALL:
            builder.cover(kind, namespace)


def cover_manifests(builder: SnapshotBuilder, parts: Iterable[Part], kustomized: Kustomized) -> None:
    """Declare what manifests show that nobody has applied: themselves, and what an application brings along.

    What they refer to beyond that may well be in the cluster: Secrets that another tool makes, accounts, classes,
    the namespace. It is unknown. Where the manifests make the Namespace too, they say what will be in it, except
    for Secrets and for what a kustomization generates or takes from elsewhere.
    """
    made: set[str] = set()
    for part in parts:
        kind, namespace = text(part.raw, "kind"), text(part.raw, "metadata", "namespace")
        name = text(part.raw, "metadata", "name")
        builder.cover(kind, namespace, name)
        if kind in _DELIVERED and not kustomized.imports:
            builder.cover(kind, namespace)
        if kind == "Namespace":
            made.add(name)
    if not kustomized.imports:
        for namespace in made:
            for kind in _KEPT_BESIDE - kustomized.generated:
                builder.cover(kind, namespace)


def name_unjudged(builder: SnapshotBuilder) -> None:
    """Say which files were not judged because other folders declare the same objects, as for other clusters."""
    for ref, places in builder.locations.items():
        for place in places[:-1]:
            if place.folder != places[-1].folder:
                detail = f"{ref} stands in {places[-1].file} too, which was judged instead; scan one folder at a time"
                builder.gap(Gap(kind="File", name=place.file, reason=GapReason.OUT_OF_SCOPE, detail=detail))
