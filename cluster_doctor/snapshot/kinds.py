"""Kinds that the library knows by name, as `kubectl api-resources` lists them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KindName:
    """How one kind is called."""

    kind: str
    plural: str
    short: tuple[str, ...] = ()
    api_version: str = "v1"
    namespaced: bool = True

    @property
    def group(self) -> str:
        """API group, empty for the core group."""
        return self.api_version.rpartition("/")[0]


KINDS = (
    KindName("Pod", "pods", ("po",)),
    KindName("Service", "services", ("svc",)),
    KindName("Endpoints", "endpoints", ("ep",)),
    KindName("ConfigMap", "configmaps", ("cm",)),
    KindName("Secret", "secrets"),
    KindName("ServiceAccount", "serviceaccounts", ("sa",)),
    KindName("PersistentVolumeClaim", "persistentvolumeclaims", ("pvc",)),
    KindName("PersistentVolume", "persistentvolumes", ("pv",), namespaced=False),
    KindName("Node", "nodes", ("no",), namespaced=False),
    KindName("Namespace", "namespaces", ("ns",), namespaced=False),
    KindName("Event", "events", ("ev",)),
    KindName("ResourceQuota", "resourcequotas", ("quota",)),
    KindName("LimitRange", "limitranges", ("limits",)),
    KindName("ReplicationController", "replicationcontrollers", ("rc",)),
    KindName("Deployment", "deployments", ("deploy",), "apps/v1"),
    KindName("ReplicaSet", "replicasets", ("rs",), "apps/v1"),
    KindName("StatefulSet", "statefulsets", ("sts",), "apps/v1"),
    KindName("DaemonSet", "daemonsets", ("ds",), "apps/v1"),
    KindName("ControllerRevision", "controllerrevisions", (), "apps/v1"),
    KindName("Job", "jobs", (), "batch/v1"),
    KindName("CronJob", "cronjobs", ("cj",), "batch/v1"),
    KindName("EndpointSlice", "endpointslices", (), "discovery.k8s.io/v1"),
    KindName("Ingress", "ingresses", ("ing",), "networking.k8s.io/v1"),
    KindName("IngressClass", "ingressclasses", (), "networking.k8s.io/v1", namespaced=False),
    KindName("NetworkPolicy", "networkpolicies", ("netpol",), "networking.k8s.io/v1"),
    KindName("HorizontalPodAutoscaler", "horizontalpodautoscalers", ("hpa",), "autoscaling/v2"),
    KindName("PodDisruptionBudget", "poddisruptionbudgets", ("pdb",), "policy/v1"),
    KindName("StorageClass", "storageclasses", ("sc",), "storage.k8s.io/v1", namespaced=False),
    KindName("CSIDriver", "csidrivers", (), "storage.k8s.io/v1", namespaced=False),
    KindName("CSINode", "csinodes", (), "storage.k8s.io/v1", namespaced=False),
    KindName("VolumeAttachment", "volumeattachments", (), "storage.k8s.io/v1", namespaced=False),
    KindName("PriorityClass", "priorityclasses", ("pc",), "scheduling.k8s.io/v1", namespaced=False),
    KindName("Lease", "leases", (), "coordination.k8s.io/v1"),
    KindName("Role", "roles", (), "rbac.authorization.k8s.io/v1"),
    KindName("RoleBinding", "rolebindings", (), "rbac.authorization.k8s.io/v1"),
    KindName("ClusterRole", "clusterroles", (), "rbac.authorization.k8s.io/v1", namespaced=False),
    KindName("ClusterRoleBinding", "clusterrolebindings", (), "rbac.authorization.k8s.io/v1", namespaced=False),
    KindName(
        "ValidatingWebhookConfiguration",
        "validatingwebhookconfigurations",
        (),
        "admissionregistration.k8s.io/v1",
        namespaced=False,
    ),
    KindName(
        "MutatingWebhookConfiguration",
        "mutatingwebhookconfigurations",
        (),
        "admissionregistration.k8s.io/v1",
        namespaced=False,
    ),
    KindName(
        "CustomResourceDefinition", "customresourcedefinitions", ("crd",), "apiextensions.k8s.io/v1", namespaced=False
    ),
    KindName(
        "CertificateSigningRequest", "certificatesigningrequests", ("csr",), "certificates.k8s.io/v1", namespaced=False
    ),
    KindName("APIService", "apiservices", (), "apiregistration.k8s.io/v1", namespaced=False),
)

BY_KIND = {name.kind: name for name in KINDS}
BY_WORD = {word: name for name in KINDS for word in {name.kind.lower(), name.plural, *name.short}}
"""Every way to write a kind in lower case, plural and short names included."""


def kind_named(word: str) -> KindName | None:
    """Find a kind by what a person types: `deploy`, `Deployments`, `deployments.apps`."""
    return BY_WORD.get(word.lower()) or BY_WORD.get(word.lower().split(".", 1)[0])
