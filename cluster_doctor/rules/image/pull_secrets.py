"""Credentials that a Pod pulls its images with."""

from __future__ import annotations

from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Secret, ServiceAccount


def pull_secrets(pod: Pod, cluster: ClusterSnapshot) -> list[str]:
    """Name the pull secrets that a Pod brings, its own and those of its ServiceAccount."""
    named = [reference.name for reference in pod.spec.pull_secrets()]
    account = cluster.get(ServiceAccount, pod.namespace, pod.spec.service_account)
    return named + (account.pull_secrets if account else [])


def describe_pull_secrets(pod: Pod, cluster: ClusterSnapshot) -> str:
    """Say which pull secrets a Pod brings and which of them do not exist."""
    named = pull_secrets(pod, cluster)
    absent = [name for name in named if cluster.exists(Secret, pod.namespace, name) is False]
    if absent:
        return f"pull secret {', '.join(absent)} does not exist"
    if named:
        return f"pull secret {', '.join(named)} is not accepted"
    return "the Pod names no imagePullSecrets"
