"""Typed views, one for each kind that rules read."""

from cluster_doctor.snapshot.views.base import View
from cluster_doctor.snapshot.views.cluster import (
    APIService,
    Autoscaler,
    CertificateSigningRequest,
    Custom,
    CustomDefinition,
    DisruptionBudget,
    Event,
    Lease,
    LimitRange,
    MutatingWebhookConfiguration,
    Namespace,
    Node,
    PriorityClass,
    ResourceQuota,
    WebhookConfiguration,
    condition_message,
)
from cluster_doctor.snapshot.views.config import (
    Claim,
    ClusterRole,
    ClusterRoleBinding,
    ConfigMap,
    CSIDriver,
    Role,
    RoleBinding,
    Secret,
    ServiceAccount,
    StorageClass,
    Volume,
)
from cluster_doctor.snapshot.views.container import Container, ContainerRole, Port, Probe, Reference
from cluster_doctor.snapshot.views.network import (
    Backend,
    EndpointAddress,
    Endpoints,
    EndpointSlice,
    Ingress,
    IngressClass,
    NetworkPolicy,
    Service,
    ServicePort,
)
from cluster_doctor.snapshot.views.pod import Pod, PodSpec
from cluster_doctor.snapshot.views.workloads import (
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    ReplicaSet,
    ReplicationController,
    StatefulSet,
    Workload,
)

VIEWS: dict[str, type[View]] = {
    view.kind: view
    for view in (
        APIService, Autoscaler, CertificateSigningRequest, Claim, ClusterRole, ClusterRoleBinding, ConfigMap,
        CronJob, CSIDriver, CustomDefinition, DaemonSet, Deployment, DisruptionBudget, Endpoints, EndpointSlice,
        Event, Ingress, IngressClass, Job, Lease, LimitRange, MutatingWebhookConfiguration, Namespace,
        NetworkPolicy, Node, Pod, PriorityClass, ReplicaSet, ReplicationController, ResourceQuota, Role,
        RoleBinding, Secret, Service, ServiceAccount, StatefulSet, StorageClass, Volume, WebhookConfiguration,
    )
}  # fmt: skip
"""The view of each kind in the API groups of Kubernetes itself."""

__all__ = [
    "VIEWS", "APIService", "Autoscaler", "Backend", "CSIDriver", "CertificateSigningRequest", "Claim",
    "ClusterRole", "ClusterRoleBinding", "ConfigMap", "Container", "ContainerRole", "CronJob", "Custom",
    "CustomDefinition", "DaemonSet", "Deployment", "DisruptionBudget", "EndpointAddress", "EndpointSlice",
    "Endpoints", "Event", "Ingress", "IngressClass", "Job", "Lease", "LimitRange",
    "MutatingWebhookConfiguration", "Namespace", "NetworkPolicy", "Node", "Pod", "PodSpec", "Port",
    "PriorityClass", "Probe", "Reference", "ReplicaSet", "ReplicationController", "ResourceQuota", "Role",
    "RoleBinding", "Secret", "Service", "ServiceAccount", "ServicePort", "StatefulSet", "StorageClass", "View",
    "Volume", "WebhookConfiguration", "Workload", "condition_message",
]  # fmt: skip
