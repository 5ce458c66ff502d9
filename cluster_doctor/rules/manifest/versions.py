"""API versions that Kubernetes has ceased to serve."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.findings import Match
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import View

_APPS = dict.fromkeys(
    (
        ("extensions/v1beta1", "Deployment"), ("extensions/v1beta1", "DaemonSet"), ("extensions/v1beta1", "ReplicaSet"),
        ("apps/v1beta1", "Deployment"), ("apps/v1beta1", "StatefulSet"), ("apps/v1beta2", "Deployment"),
        ("apps/v1beta2", "DaemonSet"), ("apps/v1beta2", "ReplicaSet"), ("apps/v1beta2", "StatefulSet"),
    ),
    ("1.16", "apps/v1"),
)  # fmt: skip
_REMOVED = {
    **_APPS,
    ("extensions/v1beta1", "NetworkPolicy"): ("1.16", "networking.k8s.io/v1"),
    ("extensions/v1beta1", "Ingress"): ("1.22", "networking.k8s.io/v1"),
    ("networking.k8s.io/v1beta1", "Ingress"): ("1.22", "networking.k8s.io/v1"),
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"): ("1.22", "apiextensions.k8s.io/v1"),
    ("batch/v2alpha1", "CronJob"): ("1.21", "batch/v1"),
    ("batch/v1beta1", "CronJob"): ("1.25", "batch/v1"),
    ("policy/v1beta1", "PodDisruptionBudget"): ("1.25", "policy/v1"),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler"): ("1.25", "autoscaling/v2"),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler"): ("1.26", "autoscaling/v2"),
}
"""Release that removed a version, and what took its place. Source: kubernetes.io, "Deprecated API Migration Guide"."""


def removed_version(view: View, cluster: ClusterSnapshot) -> Iterator[Match]:
    """Yield a match if a manifest is written in a version that is gone; what a server returned was served by it."""
    version, kind = text(view.raw, "apiVersion"), view.ref.kind
    if not cluster.is_unapplied or (version, kind) not in _REMOVED:
        return
    release, instead = _REMOVED[(version, kind)]
    yield Match(
        message=f"{view.ref} is written in {version}, which Kubernetes {release} removed; {instead} took its place",
        evidence=(view.cite("apiVersion"),),
        blame=view.ref,
        facts=(("version", version), ("instead", instead)),
    )
