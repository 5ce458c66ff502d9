"""API versions that Kubernetes has ceased to serve."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.findings import Match
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import View


def _of(release: str, version: str, instead: str, *kinds: str) -> dict[tuple[str, str], tuple[str, str]]:
    return {(version, kind): (release, instead) for kind in kinds}


_RBAC = ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding")
_STORAGE = ("CSIDriver", "CSINode", "StorageClass", "VolumeAttachment")
_WEBHOOKS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
_FLOW = "flowcontrol.apiserver.k8s.io"
_FLOWS = ("FlowSchema", "PriorityLevelConfiguration")
REMOVED = {
    **_of("1.16", "extensions/v1beta1", "apps/v1", "Deployment", "DaemonSet", "ReplicaSet"),
    **_of("1.16", "apps/v1beta1", "apps/v1", "Deployment", "StatefulSet", "ReplicaSet"),
    **_of("1.16", "apps/v1beta2", "apps/v1", "Deployment", "DaemonSet", "ReplicaSet", "StatefulSet"),
    **_of("1.16", "extensions/v1beta1", "networking.k8s.io/v1", "NetworkPolicy"),
    **_of("1.21", "batch/v2alpha1", "batch/v1", "CronJob"),
    **_of("1.22", "extensions/v1beta1", "networking.k8s.io/v1", "Ingress"),
    **_of("1.22", "networking.k8s.io/v1beta1", "networking.k8s.io/v1", "Ingress", "IngressClass"),
    **_of("1.22", "apiextensions.k8s.io/v1beta1", "apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    **_of("1.22", "admissionregistration.k8s.io/v1beta1", "admissionregistration.k8s.io/v1", *_WEBHOOKS),
    **_of("1.22", "apiregistration.k8s.io/v1beta1", "apiregistration.k8s.io/v1", "APIService"),
    **_of("1.22", "certificates.k8s.io/v1beta1", "certificates.k8s.io/v1", "CertificateSigningRequest"),
    **_of("1.22", "coordination.k8s.io/v1beta1", "coordination.k8s.io/v1", "Lease"),
    **_of("1.22", "rbac.authorization.k8s.io/v1beta1", "rbac.authorization.k8s.io/v1", *_RBAC),
    **_of("1.22", "scheduling.k8s.io/v1beta1", "scheduling.k8s.io/v1", "PriorityClass"),
    **_of("1.22", "storage.k8s.io/v1beta1", "storage.k8s.io/v1", *_STORAGE),
    **_of("1.25", "batch/v1beta1", "batch/v1", "CronJob"),
    **_of("1.25", "discovery.k8s.io/v1beta1", "discovery.k8s.io/v1", "EndpointSlice"),
    **_of("1.25", "policy/v1beta1", "policy/v1", "PodDisruptionBudget"),
    **_of("1.25", "policy/v1beta1", "Pod Security Admission", "PodSecurityPolicy"),
    **_of("1.25", "node.k8s.io/v1beta1", "node.k8s.io/v1", "RuntimeClass"),
    **_of("1.25", "autoscaling/v2beta1", "autoscaling/v2", "HorizontalPodAutoscaler"),
    **_of("1.26", "autoscaling/v2beta2", "autoscaling/v2", "HorizontalPodAutoscaler"),
    **_of("1.26", f"{_FLOW}/v1beta1", f"{_FLOW}/v1", *_FLOWS),
    **_of("1.27", "storage.k8s.io/v1beta1", "storage.k8s.io/v1", "CSIStorageCapacity"),
    **_of("1.29", f"{_FLOW}/v1beta2", f"{_FLOW}/v1", *_FLOWS),
    **_of("1.32", f"{_FLOW}/v1beta3", f"{_FLOW}/v1", *_FLOWS),
}
"""By version and kind the release that removed it, and what took its place.

Source: kubernetes.io, "Deprecated API Migration Guide".
"""


def removed_version(view: View, cluster: ClusterSnapshot) -> Iterator[Match]:
    """Yield a match if a manifest is written in a version that is gone; what a server returned was served by it."""
    version, kind = text(view.raw, "apiVersion"), view.ref.kind
    if not cluster.is_unapplied or (version, kind) not in REMOVED:
        return
    release, instead = REMOVED[(version, kind)]
    yield Match(
        message=f"{view.ref} is written in {version}, which Kubernetes {release} removed; {instead} took its place",
        evidence=(view.cite("apiVersion"),),
        blame=view.ref,
        facts=(("version", version), ("instead", instead)),
    )
