"""Where the control plane stands, as far as the cluster shows it."""

from __future__ import annotations

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Namespace, Pod

SYSTEM = "kube-system"


def component(name: str, cluster: ClusterSnapshot) -> ObjectRef:
    """The Pod of a component, as kubeadm labels it; a hosted control plane has none, and kube-system stands for it."""
    pods = [pod for pod in cluster.within(Pod, SYSTEM) if pod.labels.get("component") == name]
    return min((pod.ref for pod in pods), default=Namespace.ref_to(None, SYSTEM))
