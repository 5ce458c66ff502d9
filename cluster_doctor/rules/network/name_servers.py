"""The cluster's DNS: its Service, its Pods, and the port that they answer on."""

from __future__ import annotations

from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import DaemonSet, Pod, Service

_SERVICE_LABEL = ("k8s-app", "kube-dns")
_CACHE_LABEL = ("k8s-app", "node-local-dns")
_OPENSHIFT = ("openshift-dns", "dns-default")


def dns_services(cluster: ClusterSnapshot) -> list[Service]:
    """List the Services that Pods resolve names with.

    kubeadm, managed clusters and most others label it `k8s-app: kube-dns`, whatever serves; OpenShift calls it
    `dns-default`.
    """
    key, value = _SERVICE_LABEL
    return [
        service
        for service in cluster.all(Service)
        if (service.namespace == "kube-system" and (service.labels.get(key) == value or service.name == value))
        or (service.namespace, service.name) == _OPENSHIFT
    ]


def dns_pods(cluster: ClusterSnapshot) -> list[Pod]:
    """List the Pods behind the cluster's DNS Service."""
    return [pod for service in dns_services(cluster) for pod in cluster.select(service.namespace, service.selector)]


def target_port(cluster: ClusterSnapshot) -> int | str:
    """The UDP port on which DNS Pods answer: where port 53 of the Service leads."""
    for service in dns_services(cluster):
        for port in service.ports:
            if port.number == 53 and port.protocol == "UDP":
                return int(port.target) if port.target.isdigit() else port.target
    return 53


def cached_on_nodes(cluster: ClusterSnapshot) -> bool:
    """Tell whether a cache on each node answers instead; Pods reach their own node in spite of any policy."""
    key, value = _CACHE_LABEL
    return any(
        daemon.labels.get(key) == value or daemon.template_labels.get(key) == value for daemon in cluster.all(DaemonSet)
    )
